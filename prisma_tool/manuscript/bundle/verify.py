"""Checking a deposit (`verify`): everything that follows from its data is made anew and compared, without the review that it came from.

Invariants: the deposit is only read, and nothing of it is trusted before it is checked; each check says what it found; where one cannot be
made because an earlier one failed, it counts as failed too.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from prisma_tool.errors import FormatError, PrismaError, StoreError, UsageError
from prisma_tool.file_io import explained_errors
from prisma_tool.manuscript.bundle import primary
from prisma_tool.manuscript.bundle.container import ArchiveReader, NotCanonical, blocks
from prisma_tool.manuscript.bundle.deposited_review import DepositedReview, deposited_review
from prisma_tool.manuscript.bundle.derived import derived_files
from prisma_tool.manuscript.bundle.metadata import CRATE, MANIFEST, crate
from prisma_tool.manuscript.bundle.numbers import FIGURE, FLOW, NUMBERS, first_difference, flow_difference, number_keys
from prisma_tool.manuscript.bundle.primary import LogSummary
from prisma_tool.manuscript.bundle.raw_answers import keys_in, plain_keys, unpacked
from prisma_tool.manuscript.bundle.settings import SETTINGS, BundleSettings, manifest_of, read_settings
from prisma_tool.manuscript.bundle.verification import BundleCheck, Verification
from prisma_tool.model.log.contents import Head
from prisma_tool.model.text import counted, one_line
from prisma_tool.plain_files import open_plain
from prisma_tool.store.copies import deposit
from prisma_tool.store.runs import runs
from prisma_tool.store.runs.runs import Run

_HEAD = re.compile(r"[0-9a-f]{64}")
_SMALL = 64 << 20
"""Bytes of a file that is read at once."""
_LARGEST_ANSWER = 256 << 20


class _Enough(PrismaError):
    """A check failed, and only the first one that fails is asked for."""


def verify(path: Path, published_head: str = "", *, first_only: bool = False) -> Verification:
    """Check a deposit.

    Args:
        path: the file.
        published_head: the head of its log, or of an earlier state of it, as published elsewhere; empty for none.
        first_only: whether to stop at the first check that fails.

    Raises:
        UsageError: `published_head` is none.
        PrismaError: the file is no deposit, or cannot be read.
    """
    head = published_head.strip().lower()
    if head and not _HEAD.fullmatch(head):
        raise UsageError(f"'{one_line(published_head)[:80]}' is no head of a log: that is 64 hexadecimal digits.")
    with explained_errors(path), open_plain(path) as stream:
        return _verified(path, stream, head, first_only=first_only)


def _verified(path: Path, stream: IO[bytes], published_head: str, *, first_only: bool) -> Verification:
    result = Verification()
    reader = _archive(path, stream, result)
    if reader is not None:
        checker = _Checker(reader, result, published_head, first_only=first_only)
        try:
            checker.check()
        except _Enough:
            pass
        except StoreError as error:
            # This computer's disk is full, for example: that says nothing of the deposit.
            if "constraint failed" not in error.message:
                raise
            problem = "rows of its data stand there twice, or refer to what is not there"
            result.checks.append(BundleCheck(checker.at_work, holds=False, detail=problem))
        except PrismaError as error:
            result.checks.append(BundleCheck(checker.at_work, holds=False, detail=_clause(error.message)))
    return result


def _archive(path: Path, stream: IO[bytes], result: Verification) -> ArchiveReader | None:
    """The archive; None, and noted, where it is one that is packed otherwise.

    Raises:
        FormatError: it is no deposit.
    """
    try:
        reader = ArchiveReader(stream)
    except NotCanonical as error:
        if not _looks_like_deposit(stream):
            raise FormatError(
                f"{path} is no deposit of a review ({error.message}). Name the file that `report bundle` wrote."
            ) from error
        result.checks.append(
            BundleCheck(
                "archive", holds=False, detail=f"it was changed or packed anew since `report bundle` wrote it: {error.message}"
            )
        )
        return None
    if MANIFEST not in reader.entries and SETTINGS not in reader.entries:
        raise FormatError(f"{path} is no deposit of a review. Name the file that `report bundle` wrote.")
    return reader


def _looks_like_deposit(stream: IO[bytes]) -> bool:
    """Whether an archive that cannot be read as a deposit was one: the names of its files stand in it in plain letters."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _SMALL))
    end = stream.read(_SMALL)
    return b"manifest.json" in end and b"log.jsonl" in end and b"PK\1\2" in end


def _clause(message: str) -> str:
    return one_line(message).rstrip(".")[:500]


class _Checker:
    """The checks of one deposit; `at_work` names the one under way."""

    def __init__(self, reader: ArchiveReader, result: Verification, published_head: str, *, first_only: bool) -> None:
        self._reader, self._result, self._published_head, self._first_only = reader, result, published_head, first_only
        self.at_work = "archive"
        self._facts: dict[str, dict[str, Any]] = {}
        self._settings = BundleSettings("")

    def check(self) -> None:
        """Make all checks.

        Raises:
            PrismaError: one cannot be made, and so none of those after it.
        """
        self._note("archive", "", f"packed as deposits are, {counted(len(self._reader.entries), 'file')}")
        self._check_files()
        self.at_work = "log and data"
        text = self._whole(primary.PROTOCOL).decode(errors="replace")
        with _plain_errors(), deposited_review(text, self._lines, self._settings) as review:
            self._check_log(review.summary)
            self._check_numbers(review)
            self._check_derived(review)
            self._check_answers(review)
            self._check_relations(review)

    def _note(self, name: str, problem: str, detail: str) -> None:
        self._result.checks.append(BundleCheck(name, holds=not problem, detail=problem or detail))
        if problem and self._first_only:
            raise _Enough(problem)

    def _whole(self, name: str) -> bytes:
        return self._reader.whole(name, _SMALL)

    def _lines(self, name: str) -> Iterator[bytes]:
        if name not in self._reader.entries:
            raise FormatError(f"it has no {name}")
        return self._reader.lines(name, primary.LONGEST_LINE)

    def _check_files(self) -> None:
        """The hash of every file: as it lies there, and unpacked."""
        self.at_work = "files"
        self._settings = read_settings(self._whole(SETTINGS))
        self._result.written_by, self._result.version = self._settings.tool_version, self._settings.version
        stated = _stated(self._whole(MANIFEST))
        for name, entry in self._reader.entries.items():
            if name != MANIFEST:
                packed = self._reader.packed_sha256(name)
                self._facts[name] = {"size": entry.size, "sha256": _sha256(self._reader.pieces(name)), "packed": packed}
        problem = _file_problem(stated["files"], self._facts)
        if not problem and list(stated["files"]) != sorted(self._facts):
            problem = f"{MANIFEST} is not written as deposits write it"
        self._note("files", problem, f"{counted(len(self._facts), 'file')} as {MANIFEST} says")

    def _check_log(self, summary: LogSummary) -> None:
        self.at_work = "log"
        self._result.head = summary.head
        whole = manifest_of(self._settings, summary.head, summary.events, self._facts)
        problem = "" if self._whole(MANIFEST) == whole else f"the head or the number of events in {MANIFEST} is not the log's"
        proofs = summary.proofs
        detail = (
            f"{counted(summary.events, 'event')}: the hash of {proofs['open']} was recomputed from all that it covers, of {proofs['committed']} from their "
            f"public fields, and of {proofs['sealed']}, whose text is sealed, not at all (it counts towards the head)"
        )
        self._note("log", problem, detail)
        if self._published_head:
            self._check_head(summary)

    def _check_head(self, summary: LogSummary) -> None:
        events = _beginning(summary, self._published_head)
        self._result.compared = events is not None
        self._result.since = summary.events - (events or summary.events)
        problem = (
            ""
            if events is not None
            else "the log does not contain the state whose head was published; something of it was changed or left out"
        )
        since = f", {counted(summary.events - (events or 0), 'event')} since" if events != summary.events else ""
        self._note("published head", problem, f"contained: {counted(events or 0, 'event')}{since}")

    def _check_numbers(self, review: DepositedReview) -> None:
        self.at_work = "numbers"
        count = sum(1 for _ in number_keys(review.flow))
        self._note(
            "numbers",
            flow_difference(self._whole(FLOW), review.flow) or first_difference(self._whole(NUMBERS), review.flow),
            f"{count} recomputed, each with its members",
        )
        self._result.numbers = count if self._result.checks[-1].holds else 0

    def _check_derived(self, review: DepositedReview) -> None:
        """Every file that follows from the data, byte for byte."""
        self.at_work = "files that follow from the data"
        differing, made = [], {CRATE, MANIFEST, SETTINGS, *primary.PRIMARY}
        for name, pieces in derived_files(review):
            made.add(name)
            if self._facts.get(name, {}).get("sha256") != _sha256(pieces()):
                differing.append(name)
        described = {name: facts for name, facts in self._in_order() if name not in (CRATE, MANIFEST)}
        if self._facts.get(CRATE, {}).get("sha256") != _sha256([crate(review, described)]):
            differing.append(CRATE)
        for name, words in ((FLOW, "the flow"), (FIGURE, "the figure")):
            self._note(words, f"{name} is not what the data give" if name in differing else "", "the same to the byte")
        others = [name for name in differing if name not in (FLOW, FIGURE)]
        problem = f"{', '.join(others[:3])}: not what the data give" if others else self._unknown(made, review)
        self._note("other files", problem, "all that follows from the data is the same to the byte")

    def _in_order(self) -> Iterable[tuple[str, dict[str, Any]]]:
        return ((name, self._facts[name]) for name in self._reader.entries if name != MANIFEST)

    def _unknown(self, made: set[str], review: DepositedReview) -> str:
        """Files that nothing in the deposit accounts for."""
        answers = {entry["deposited"]["path"] for run in runs.all_runs(review.transaction) for entry in _deposited(run)}
        unknown = sorted(self._facts.keys() - made - answers)
        return f"{unknown[0]} is a file that nothing in the deposit accounts for" if unknown else ""

    def _check_answers(self, review: DepositedReview) -> None:
        """The services' answers give the records that their runs delivered."""
        self.at_work = "answers of services"
        problems, read = [], 0
        for run in runs.all_runs(review.transaction):
            if any(_deposited(run)):
                keys = self._keys(run)
                delivered = {key for key, _ in deposit.deliveries(review.transaction, run.id)}
                if keys is not None and keys != set(plain_keys(delivered)):
                    problems.append(f"the answers of the run {run.id} give other records than it delivered")
                read += len(keys or ())
        self._note("answers of services", "; ".join(problems[:1]), f"read again: {counted(read, 'record')}, the same keys")

    def _keys(self, run: Run) -> set[str] | None:
        """The keys in the answers of a run; None for imported files, which are only compared with their hashes."""
        bodies = ((entry["deposited"]["path"], self._answer(entry["deposited"])) for entry in _deposited(run))
        if run.search:
            return keys_in(run.source, bodies)
        for _ in bodies:
            pass
        return None

    def _answer(self, entry: Mapping[str, Any]) -> bytes:
        size, name = entry["bytes"], entry["path"]
        if type(size) is not int or not 0 <= size <= _LARGEST_ANSWER:
            raise FormatError(f"{one_line(str(name))[:80]} is larger than any answer")
        body = unpacked(self._reader.whole(name, _LARGEST_ANSWER), size)
        if hashlib.sha256(body).hexdigest() != entry["sha256"]:
            raise FormatError(f"{one_line(name)[:80]} is not the answer that its run names")
        return body

    def _check_relations(self, review: DepositedReview) -> None:
        failing = [relation for relation in review.flow.checks if relation.kind == "strict" and not relation.holds]
        problem = f"{failing[0].name}: {failing[0].detail}" if failing else ""
        self._note("arithmetic", problem, "every strict relation between the boxes holds")


def _deposited(run: Run) -> Iterator[Mapping[str, Any]]:
    """The answers of a run that are in the deposit.

    Raises:
        FormatError: what the run says of one is not what deposits have there.
    """
    for entry in run.raw:
        stated = entry.get("deposited") if isinstance(entry, dict) else None
        if stated is None:
            continue
        if not isinstance(stated, dict) or not all(isinstance(stated.get(name), str) for name in ("path", "sha256")):
            raise FormatError("a run says of its answers what no deposit has there")
        yield entry


def _stated(data: bytes) -> dict[str, Any]:
    try:
        stated = json.loads(data)
        files = stated["files"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise FormatError(f"{MANIFEST} is not what deposits have there") from None
    if not isinstance(files, dict) or not all(isinstance(facts, dict) for facts in files.values()):
        raise FormatError(f"{MANIFEST} is not what deposits have there")
    return {"files": files}


def _file_problem(stated: Mapping[str, Mapping[str, Any]], present: Mapping[str, Mapping[str, Any]]) -> str:
    for name in sorted(stated.keys() | present.keys()):
        if name not in present:
            return f"{one_line(name)[:80]} is missing"
        if name not in stated:
            return f"{name} is not in {MANIFEST}"
        if stated[name] != present[name]:
            return f"{name} was changed"
    return ""


def _sha256(pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for block in blocks(pieces):
        digest.update(block)
    return digest.hexdigest()


def _beginning(summary: LogSummary, published_head: str) -> int | None:
    """How many events the beginning of the log has that comes to a head, in one of the orders in which it may have been stored."""
    orders: tuple[Callable[[tuple[int, str, str]], Any], ...] = (
        lambda entry: entry[0],
        lambda entry: (entry[1], entry[0]),
        lambda _: 0,
    )
    for order in orders:
        head = Head()
        for events, (_, _, sha256) in enumerate(sorted(summary.hashes, key=order), 1):
            head.add(sha256)
            if head.text() == published_head:
                return events
    return None


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn what data of no sense make the program stumble over into a sentence."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError, AssertionError) as error:
        raise FormatError(f"its data make no sense ({type(error).__name__}: {one_line(str(error))[:120]})") from error
