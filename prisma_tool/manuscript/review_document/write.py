"""The manuscript in files: writing one for the first time, and renewing the generated parts of one that its authors have worked on.

Invariant: a file that exists is never written over by a first writing; a refresh writes beside it and then takes its place, and leaves it
untouched where it is open elsewhere, cannot be read safely, or was changed meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prisma_tool.errors import PrismaError, UsageError
from prisma_tool.file_io import read_file, write_atomically
from prisma_tool.manuscript.citations.styles import OwnStyle
from prisma_tool.manuscript.review_document.markdown_file import (
    MarkdownFile,
    new_markdown_file,
    opened_markdown_file,
    renewed_markdown_file,
)
from prisma_tool.manuscript.review_document.marks import settings_behind
from prisma_tool.manuscript.review_document.parts import Manuscript, ManuscriptSettings
from prisma_tool.manuscript.review_document.read import read_manuscript, version_labels
from prisma_tool.manuscript.review_document.renewal import PartResult, PartState, all_results
from prisma_tool.manuscript.review_document.word_archive import LARGEST
from prisma_tool.manuscript.review_document.word_file import WordFile, new_word_file, opened_word_file, renewed_word_file
from prisma_tool.model.text import counted, one_line
from prisma_tool.review.open_review import Review

_WORD, _MARKDOWN = ".docx", ".md"
_NEW: dict[str, Callable[[Manuscript], bytes]] = {_WORD: new_word_file, _MARKDOWN: new_markdown_file}
_SHORT_STEM = 6
"""Word puts ~$ before a short name, and in place of its first letters from a certain length on."""

_CURRENT = (PartState.RENEWED, PartState.UNCHANGED)
"""What a part is that says what the review says now."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did to a file: which settings it speaks with now, and what became of each part."""

    path: Path
    settings: ManuscriptSettings
    results: tuple[PartResult, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What became of the parts: a line for each, but one for all that are unchanged."""
        same = [result.name for result in self.results if result.state is PartState.UNCHANGED]
        listed = [f"{PartState.UNCHANGED}: {', '.join(dict.fromkeys(same))}"] if same else []
        changed = [result.sentence for result in self.results if result.state is not PartState.UNCHANGED]
        return (*listed, *changed, self.summary)

    @property
    def summary(self) -> str:
        """One sentence for all parts: which of them say what the review says now, and which may not."""
        counts = Counter(result.state for result in self.results)
        current, others = (
            [f"{counts[state]} {state}" for state in PartState if counts[state] and (state in _CURRENT) is wanted]
            for wanted in (True, False)
        )
        of = f"version {one_line(self.settings.version)}" if self.settings.version else "the review as it stands"
        n = sum(counts[state] for state in _CURRENT)
        rest = f"; not of it: {', '.join(others)}" if others else ""
        return f"{self.path}: {counted(n, 'part speaks', 'parts speak')} of {of} now ({', '.join(current) or 'none'}){rest}."

    def as_json(self) -> dict[str, Any]:
        """As `--json` has it."""
        return {
            "file": str(self.path),
            "version": self.settings.version,
            "style": self.settings.style,
            "parts": [result.as_json() for result in self.results],
        }


def require_new(paths: Sequence[Path]) -> None:
    """Refuse what a first writing must not touch, before anything is read.

    Raises:
        UsageError: another suffix, or a file that exists already.
    """
    for path in paths:
        _require_suffix(path)
        if path.exists() or path.is_symlink():
            raise UsageError(
                f"{path} exists already and may hold your words: --refresh {path} renews its generated parts. "
                "To begin anew, choose another name."
            )


def write_new(manuscript: Manuscript, paths: Sequence[Path]) -> None:
    """Write the manuscript to each of `paths`; nothing is written before all are made.

    Raises:
        UsageError: another suffix, or a file that exists already.
        PrismaError: a file cannot be written.
    """
    require_new(paths)
    made = [(path, _NEW[path.suffix.lower()](manuscript)) for path in paths]
    for path, data in made:
        write_atomically(path, data)


def as_markdown(manuscript: Manuscript) -> str:
    """The manuscript as Markdown."""
    return new_markdown_file(manuscript).decode()


def refresh(
    review: Review, viewer: str, path: Path, version: str | None, style: str | None, *, overwrite: bool = False
) -> Refreshed:
    """Renew the generated parts of a manuscript that was written before.

    Args:
        review: The review.
        viewer: Who reads it.
        path: The file.
        version: Of which closed version it is to speak (empty: the review as it stands); None for the one that it speaks of.
        style: The citation style; None for the one that it was written in.
        overwrite: Whether parts that were edited by hand are replaced too.

    Raises:
        UsageError: another suffix.
        PrismaError: the file is open elsewhere, cannot be read or written, or was not written from this review; it is untouched.
    """
    _require_suffix(path)
    _require_closed(path)
    before = read_file(path, at_most=LARGEST)
    try:
        opened = opened_word_file(before) if path.suffix.lower() == _WORD else opened_markdown_file(before)
    except PrismaError as error:
        raise PrismaError(f"{path} was left as it is: {error}.") from error
    if not opened.parts:
        raise PrismaError(
            f"{path} was left as it is: it holds no part that prisma-tool wrote. `prisma-tool report manuscript -o FILE` writes a manuscript."
        )
    settings = _settings(review, opened, path, version, style)
    manuscript = read_manuscript(review, viewer, settings)
    after, results = (
        renewed_word_file(opened, manuscript, overwrite=overwrite)
        if isinstance(opened, WordFile)
        else renewed_markdown_file(opened, manuscript, overwrite=overwrite)
    )
    if after != before:
        _require_closed(path)
        if read_file(path, at_most=LARGEST) != before:
            raise PrismaError(f"{path} was changed while it was being refreshed, and left as it is; run the command again.")
        write_atomically(path.resolve(), after)
    return Refreshed(path, settings, all_results(results, (part.name for part in manuscript.parts)))


def _settings(
    review: Review, opened: WordFile | MarkdownFile, path: Path, version: str | None, style: str | None
) -> ManuscriptSettings:
    """What was asked for; for the rest, what the file was written with, as the marks of its parts show."""
    marks = Counter(part.mark.settings for part in opened.parts if part.mark.settings)
    if (version is not None and style is not None) or not marks:
        return ManuscriptSettings(version or "", style or OwnStyle.VANCOUVER.value)
    labels = version_labels(review)
    styles = list(OwnStyle) if style is None else [style, *OwnStyle]
    for mark, _ in marks.most_common():
        if written := settings_behind(mark, labels, map(str, styles)):
            return ManuscriptSettings(written.version if version is None else version, written.style if style is None else style)
    raise PrismaError(
        f"{path} was written of a version that is not closed in this review, or with a style of its own; it was left as it is. "
        'Say both: --version LABEL ("" for the review as it stands) and --style STYLE.'
    )


def _require_suffix(path: Path) -> None:
    if path.suffix.lower() not in _NEW:
        raise UsageError(f"{path}: a manuscript is written as {', '.join(_NEW)}; choose one of these suffixes.")


def _require_closed(path: Path) -> None:
    locks = [lock for place in {path: None, path.resolve(): None} for lock in _locks(place)]
    lock = next((lock for lock in locks if lock.exists() or lock.is_symlink()), None)
    if lock is not None:
        raise PrismaError(
            f"{path} is open in Word or LibreOffice, as {lock.name} beside it says. Close it and run the command again; "
            "if it is not open anywhere, delete that file."
        )


def _locks(path: Path) -> Iterator[Path]:
    """The files by which Word and LibreOffice say that they have a document open."""
    yield path.with_name(f".~lock.{path.name}#")
    cut = max(0, min(2, len(path.stem) - _SHORT_STEM))
    yield path.with_name(f"~${path.name[cut:]}")
    if cut:
        yield path.with_name(f"~${path.name}")
