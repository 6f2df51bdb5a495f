"""Uniting a review with a copy of it: databases, and the files beside them.

Invariant: the copy is only read; here nothing is overwritten, and a merge that is refused has changed nothing. Under which protocol the
united review goes on is said by this folder's review.toml.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from prisma_tool.errors import ReviewError
from prisma_tool.model.log.events import Event
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.text import one_line
from prisma_tool.review.copies.files import LeftFile, NamedFiles, TakenFiles, take_files
from prisma_tool.review.copies.opened_copy import OpenedCopy, open_copy
from prisma_tool.review.open_review import Review
from prisma_tool.review.protocol.file import protocol_text
from prisma_tool.review.protocol.read import FILE_NAME
from prisma_tool.review.protocol_log import restate_protocol
from prisma_tool.store.copies.sound_rows import require_sound
from prisma_tool.store.copies.unite import UnionCounts, has_common_ground, unite
from prisma_tool.store.engine.future_events import future_events

LATER = ("database_url", "id")
"""What may differ between protocols without a word here: each copy knows its own database, and the review's id is looked at by itself."""

_NOTHING_IN_COMMON = "This review and the copy had no record and no event in common"


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person said in advance: that the protocols may differ, and that the copy may be of another review."""

    differing_protocols: bool = False
    unrelated: bool = False


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What a merge brought: rows by kind, files, how the protocols differ, which files of the copy were left, and what else to say."""

    united: UnionCounts
    files: int
    kept_apart: tuple[str, ...]
    differences: tuple[str, ...]
    left: tuple[LeftFile, ...]
    notes: tuple[str, ...]
    has_folder: bool
    """Whether the copy's files were in reach; where only its database was named, they were not."""
    future: tuple[Event, ...] = ()
    """What lies in the future by this computer's clock, once the two are united."""


def merge(review: Review, copy: str, *, database: str = "", consent: Consent = Consent()) -> MergeResult:
    """Unite this review with the copy at `copy`: a folder, its database file, or a PostgreSQL address.

    Args:
        review: The review that takes in what the copy holds.
        copy: Where the copy is.
        database: The address of the server on which the copy in a folder keeps its records; it must be typed, whatever the folder says.
        consent: What a person agreed to.

    Raises:
        ReviewError: it is no copy of this review, it was tampered with, the protocols differ, or the two contradict each other.
        StoreError: a database cannot be read or written.
    """
    with open_copy(review, copy, database) as opened_copy:
        notes = [*opened_copy.notes, *_relation(review, opened_copy, consent)]
        differing = tuple(differences(review.protocol, opened_copy.protocol))
        if differing and not consent.differing_protocols:
            raise ReviewError(
                f"The protocols differ, so nothing was merged. {'; '.join(differing)}. Make the two {FILE_NAME} alike, or go on "
                "under this folder's with --accept."
            )
        united, taken, future = _united(review, opened_copy)
    return MergeResult(
        united,
        len(taken.written),
        tuple(taken.kept_apart),
        differing,
        tuple(taken.left),
        tuple(notes),
        opened_copy.folder is not None,
        future,
    )


def _united(review: Review, copy: OpenedCopy) -> tuple[UnionCounts, TakenFiles, tuple[Event, ...]]:
    with ExitStack() as unless_refused, copy.store.read() as there:
        require_sound(there)
        # A file is in its place before the row that names it; if the rows are refused, it goes again.
        taken = _taken(review, copy)
        unless_refused.callback(taken.put_away)
        with review.store.write() as here:
            united = unite(here, there)
            restate_protocol(here, protocol_text(review.folder))
            future = tuple(future_events(here, whole_log=True)) if united.events else ()
        unless_refused.pop_all()
    return united, taken, future


def _taken(review: Review, copy: OpenedCopy) -> TakenFiles:
    if copy.folder is None:
        return TakenFiles()
    with review.store.read() as here, copy.store.read() as there:
        named = NamedFiles.of(here, there)
    return take_files(copy.folder, review.folder, named)


def _relation(review: Review, copy: OpenedCopy, consent: Consent) -> Iterator[str]:
    """What there is to say about whether the two are of one review.

    Raises:
        ReviewError: they are not, and nobody agreed to that.
    """
    with review.store.read() as here, copy.store.read() as there:
        is_strange = not has_common_ground(here, there)
    other = next((name for name in copy.reviews if name != review.protocol.id), None)
    if other is not None and not consent.unrelated:
        common = f" {_NOTHING_IN_COMMON}." if is_strange else ""
        whose = f"is of another review ({one_line(other)[:80]}" if other else "names no review ("
        title = f"{', ' if other else ''}“{one_line(copy.protocol.title)[:80]}”" if copy.protocol.title else ""
        raise ReviewError(
            f"The copy {whose}{title}), this folder is of {review.protocol.id}; nothing was merged.{common} "
            "Name a copy of this review, or say --accept-unrelated to make one review of two."
        )
    if is_strange:
        yield f"{_NOTHING_IN_COMMON}."


def differences(own: Protocol, theirs: Protocol) -> Iterator[str]:
    """How the copy's protocol (`theirs`) differs from this review's `own`, rule by rule, in words."""
    for name, (here, there) in _differing(own, theirs, "").items():
        yield f"{name}: {_as_text(here)} here, {_as_text(there)} in the copy"


def _differing(own: Any, theirs: Any, prefix: str) -> Mapping[str, tuple[Any, Any]]:
    if is_dataclass(own) and type(own) is type(theirs):
        differing: dict[str, tuple[Any, Any]] = {}
        for field_ in fields(own):
            if field_.name not in LATER:
                name = f"{prefix}.{field_.name}".lstrip(".")
                differing |= _differing(getattr(own, field_.name), getattr(theirs, field_.name), name)
        return differing
    return {} if own == theirs else {prefix: (own, theirs)}


_LONGEST = 120


def _as_text(value: Any) -> str:
    if isinstance(value, tuple):
        names = (getattr(item, "label", None) or getattr(item, "name", None) or item for item in value)
        text = ", ".join(str(name) for name in names) or "none"
    else:
        text = str(value)
    line = one_line(text) or "nothing"
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
