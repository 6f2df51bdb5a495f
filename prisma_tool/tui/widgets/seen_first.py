"""Dialogs that nobody expects: a question or a failure that comes up between two keys.

Invariant: only what was sent after such a dialog had been painted answers it, for nobody answers what they have not seen.
"""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.screen import ModalScreen

Answer = TypeVar("Answer")


class SeenFirst(ModalScreen[Answer]):
    """Takes no key that was sent before it was painted, where other dialogs take those that were typed with the key that opened them.

    `LETS_FILES_THROUGH`: files that are dropped on it are for the place below.
    """

    LETS_FILES_THROUGH: ClassVar[bool] = False
