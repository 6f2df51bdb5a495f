"""The mark that a generated part carries: whether its text is still as it was written, and by which version and style it was. Pure.

Invariant: a mark holds nothing but hexadecimal digits, so that tags, bookmarks and comments can hold it; equal text and settings have
equal marks.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from prisma_tool.manuscript.citations.styles import OwnStyle
from prisma_tool.manuscript.review_document.parts import ManuscriptSettings

_TEXT, _SETTINGS = 10, 4
_MARK = re.compile(f"[0-9a-f]{{{_TEXT + _SETTINGS}}}")


@dataclass(frozen=True, slots=True)
class Mark:
    """The digest of a part's text as it was written, and of the settings it was written with; empty where they cannot be read."""

    text: str = ""
    settings: str = ""

    def __str__(self) -> str:
        return self.text + self.settings


def mark_of(text: str, settings: ManuscriptSettings) -> Mark:
    """The mark of a part with this text."""
    return Mark(_digest(text)[:_TEXT], settings_mark(settings))


def parsed_mark(text: str) -> Mark:
    """The mark that was read; an empty one for anything else."""
    return Mark(text[:_TEXT], text[_TEXT:]) if _MARK.fullmatch(text) else Mark()


def settings_mark(settings: ManuscriptSettings) -> str:
    """The mark of a version and a style; of a style's file only the name counts."""
    return _digest(f"{settings.version}\n{_style(settings.style)}")[:_SETTINGS]


def settings_behind(mark: str, versions: Iterable[str], styles: Iterable[str]) -> ManuscriptSettings | None:
    """Which of these versions and styles a mark was made of, or None."""
    return next((one for one in _settings(versions, styles) if settings_mark(one) == mark), None)


def _settings(versions: Iterable[str], styles: Iterable[str]) -> Iterator[ManuscriptSettings]:
    known = list(styles)
    yield from (ManuscriptSettings(version, style) for version in versions for style in known)


def _style(style: str) -> str:
    return style.casefold() if style.casefold() in tuple(OwnStyle) else Path(style).name


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
