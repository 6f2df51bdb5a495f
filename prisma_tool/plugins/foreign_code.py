"""Running what other packages bring: it fails, leaves and prints as it likes.

Invariant: whatever such code does, but for never coming back, the caller goes on with what it gave or with a sentence; and stdout, which is data,
holds nothing that the program did not put there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext, redirect_stdout
from threading import current_thread, main_thread
from typing import TypeVar

from prisma_tool.errors import PrismaError

Result = TypeVar("Result")
_LONGEST = 500


class ForeignFailure(Exception):
    """How the code of another package failed, in one line that is safe to show."""


def run_foreign(step: Callable[[], Result], *expected: type[PrismaError]) -> Result:
    """What `step`, which runs the code of a plug-in, gives.

    Args:
        step: What is to be done.
        expected: Failures that a plug-in is invited to raise, which pass through.

    Raises:
        ForeignFailure: it fails in another way, or wants to end the program, which is not its to end.
    """
    try:
        # There is one stdout for all threads: only the main one may lead it elsewhere.
        with redirect_stdout(sys.stderr) if current_thread() is main_thread() else nullcontext():
            return step()
    except expected as error:
        if type(error.message) is str:
            raise
        raise ForeignFailure(_described(error)) from error
    except (Exception, SystemExit) as error:
        raise ForeignFailure(_described(error)) from error


def _described(error: BaseException) -> str:
    """The kind of an error and its words; an exception of somebody else may fail to tell them too."""
    try:
        words = str(error)
    except Exception:  # noqa: BLE001 - as above
        words = ""
    return harmless(f"{type(error).__name__}: {words}" if words else type(error).__name__)


def harmless(text: str) -> str:
    """Text of another package as one line of printable characters, not longer than a message can be."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text[: 2 * _LONGEST]).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
