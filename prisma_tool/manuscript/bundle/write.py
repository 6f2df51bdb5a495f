"""Writing the deposit of a review (`report bundle`): its data, all that follows from them, and the description.

Invariants: nothing is written that holds a name, login, folder or secret that was not agreed; what the deposit's data come to is what the
review's own come to, or it is not written; the same state gives the same bytes; the file appears complete or not at all.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from prisma_tool.errors import FormatError, ReviewError
from prisma_tool.file_io import explained_errors
from prisma_tool.flow.as_json import as_json
from prisma_tool.flow.flow import Flow
from prisma_tool.flow.read import flow_at
from prisma_tool.flow.scope import Scope, resolve
from prisma_tool.manuscript.bundle import canonical, primary
from prisma_tool.manuscript.bundle.container import ArchiveReader, ArchiveWriter, Entry
from prisma_tool.manuscript.bundle.deposited_review import deposited_review
from prisma_tool.manuscript.bundle.derived import derived_files
from prisma_tool.manuscript.bundle.log_lines import Disclosure
from prisma_tool.manuscript.bundle.metadata import CRATE, MANIFEST, crate
from prisma_tool.manuscript.bundle.numbers import numbers
from prisma_tool.manuscript.bundle.pseudonyms import NAMING_KINDS, Pseudonyms, people_in, pseudonyms, secret_of
from prisma_tool.manuscript.bundle.published_protocol import published_protocol
from prisma_tool.manuscript.bundle.raw_answers import PublishedAnswer, keys_in, plain_keys, published_answers, why_not
from prisma_tool.manuscript.bundle.secrets import Forbidden, names_in, secrets_in
from prisma_tool.manuscript.bundle.settings import SETTINGS, Audit, BundleSettings, manifest_of
from prisma_tool.model.protocol.bundle_rules import BundleRules
from prisma_tool.model.text import counted
from prisma_tool.review.open_review import Review
from prisma_tool.review.protocol.strategy_files import strategy_of
from prisma_tool.store.copies import deposit
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections.log_head import log_head
from prisma_tool.version import VERSION


@dataclass(frozen=True, slots=True)
class BundleRequest:
    """What is asked for: the label of a closed version (empty for the review as it stands), and a sample of decisions to repeat."""

    version: str = ""
    audit: int = 0
    seed: str = ""


@dataclass(frozen=True, slots=True)
class BundleReport:
    """What was written: the head of the log, counts, and what was left out, in sentences."""

    path: Path
    head: str
    events: int
    records: int
    numbers: int
    files: int
    size: int
    left_out: tuple[str, ...] = field(default=())


def write_bundle(review: Review, path: Path, request: BundleRequest, variables: Mapping[str, str]) -> BundleReport:
    """Write the deposit of a review to `path`; `variables` is the environment, whose secrets must not stand in it.

    Raises:
        ReviewError: a name or secret would stand in it, or its data do not come to what the review's do.
        PrismaError: there is no such version, or the file cannot be written.
    """
    with review.store.read() as transaction, _new_file(path) as stream:
        return _Bundle(review, transaction, stream, request, variables).write(path)


@contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file beside `path` that takes its place at the end, if nothing fails."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    with explained_errors(path):
        try:
            with temporary.open("w+b") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def _login() -> str:
    """The account under which the program runs; empty where the system will not say."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


class _Bundle:
    """A deposit under way."""

    def __init__(
        self, review: Review, transaction: Transaction, stream: IO[bytes], request: BundleRequest, variables: Mapping[str, str]
    ) -> None:
        self._review, self._transaction, self._request, self._stream = review, transaction, request, stream
        self._rules: BundleRules = review.protocol.bundle
        self._text = review.protocol_text()
        people = people_in(event_rows.events(transaction, kinds=NAMING_KINDS), deposit.reviewers(transaction))
        self._names = Pseudonyms() if self._rules.name_reviewers else pseudonyms(people, secret_of(deposit.salts(transaction)))
        self._forbidden = self._all_forbidden(people, variables)
        self._archive = ArchiveWriter(stream)
        self._left_out: list[str] = []

    def _all_forbidden(self, people: Iterable[str], variables: Mapping[str, str]) -> Forbidden:
        environment, rules = self._review.environment, self._rules
        authors = [author.name for author in self._review.protocol.publication.authors]
        named = [*(() if rules.name_reviewers else people), *(() if rules.name_authors else authors)]
        agreed = authors if rules.name_authors else ()
        kept = {name.casefold() for name in agreed}
        # Runs name a person of the review; older programs noted the login there.
        persons = {name.casefold() for name in (*people, *self._review.protocol.reviewers)}
        ran = [name for name in deposit.operators(self._transaction) if name.casefold() not in persons]
        logins = [_login(), *ran]
        return Forbidden(
            secrets_in(
                variables, environment.database or self._review.protocol.database_url, environment.api_key, environment.email
            ),
            names_in(
                [name for name in named if name.casefold() not in kept],
                filter(None, logins),
                [str(Path.home()), str(self._review.folder)],
                rules.not_names,
            ),
            frozenset(word.casefold() for word in rules.not_names),
        )

    def write(self, path: Path) -> BundleReport:
        head = log_head(self._transaction, from_beginning=True)
        settings = BundleSettings(VERSION, self._request.version, self._audit(head.head))
        self._write_primary()
        settings = replace(settings, left_out=(*self._what_is_left_out(), *self._left_out))
        self._add(SETTINGS, [settings.text()])
        self._archive.finish()
        reader = ArchiveReader(self._stream)
        protocol = reader.whole(primary.PROTOCOL, primary.LONGEST_LINE).decode()
        with deposited_review(protocol, lambda name: reader.lines(name, primary.LONGEST_LINE), settings) as deposited:
            if deposited.summary.head != head.head:
                raise ReviewError(
                    "The deposit was not written: an event does not say what its hash says; `prisma-tool doctor` tells more."
                )
            self._require_same(deposited.flow)
            self._reopen()
            for name, pieces in derived_files(deposited):
                self._add(name, pieces())
            files = {entry.name: _facts(entry) for entry in self._archive.entries}
            self._add(CRATE, [crate(deposited, files)])
            files[CRATE] = _facts(self._archive.entries[-1])
            self._add(MANIFEST, [manifest_of(settings, head.head, head.events, files)])
            self._archive.finish()
            counts = (len(deposited.report_of), len(numbers(deposited.flow)), len(self._archive.entries))
        self._stream.truncate()
        return BundleReport(path, head.head, head.events, *counts, self._stream.tell(), settings.left_out)

    def _audit(self, head: str) -> Audit | None:
        """The sample; without a seed chance is drawn from the log's head, which nobody can choose."""
        return Audit(self._request.audit, self._request.seed or head) if self._request.audit else None

    def _add(self, name: str, pieces: Iterable[bytes]) -> None:
        self._archive.add(name, self._forbidden.watched(name, pieces))

    def _reopen(self) -> None:
        """Go on writing where the list of files was put, so that it could be read, and will be put again."""
        last = self._archive.entries[-1]
        self._stream.seek(last.offset + len(last.local()) + last.packed_size)

    def _strategies(self) -> dict[str, str]:
        """The strategies that lie in files of the review folder, by the name of the search; one that cannot be read is named as left out."""
        strategies: dict[str, str] = {}
        for search in self._review.protocol.declared:
            try:
                strategies |= {search.name: strategy_of(self._review.folder, search)} if search.strategy_file else {}
            except ReviewError as error:
                self._left_out.append(error.message)
        return strategies

    def _write_primary(self) -> None:
        transaction, rules = self._transaction, self._rules
        how = Disclosure(
            self._names, lambda text: published_protocol(text, self._names, rules), rules.notes, rules.name_reviewers
        )
        self._add(primary.PROTOCOL, [published_protocol(self._text, self._names, rules, self._strategies()).encode()])
        self._add(primary.LOG, primary.log_lines(transaction, how))
        for name, table in ((primary.SOURCES, "source"), (primary.SEARCHES, "search")):
            self._add(name, primary.plain_lines(transaction, table))
        runs = list(deposit.rows(transaction, "run"))
        self._add(
            primary.RUNS, [canonical.line_of(primary.published_run(run, self._answers(run), notes=rules.notes)) for run in runs]
        )
        self._add(primary.RECORDS, primary.record_lines(transaction))
        self._add(primary.DELIVERIES, primary.delivery_lines(transaction, [run["id"] for run in runs]))

    def _answers(self, run: Mapping[str, Any]) -> list[Mapping[str, Any] | None]:
        """Put the answers of a run into the archive, where they may stand there; returns what the run says of each."""
        nothing: list[Mapping[str, Any] | None] = [None] * len(run["raw"])
        if not run["raw"]:
            return nothing
        reason = why_not(run, self._rules.raw_of)
        answers, problem = ([], "") if reason else published_answers(self._review.folder, run)
        reason = reason or problem or self._unlike(run, [answer for answer in answers if answer])
        if reason:
            self._left_out.append(f"The answers of the run {run['id']} ({run['source']}): {reason}.")
            return nothing
        for answer in filter(None, answers):
            self._forbidden.look(answer.name, answer.body)
            self._add(answer.name, [answer.packed()])
        return [answer.entry() if answer else None for answer in answers]

    def _unlike(self, run: Mapping[str, Any], answers: Iterable[PublishedAnswer]) -> str:
        """Why the answers of a run do not prove what it delivered; empty where they do."""
        if not run["search"]:
            return ""
        try:
            read = keys_in(run["source"], ((answer.name, answer.body) for answer in answers))
        except FormatError as error:
            return f"they cannot be read again ({error.message})"
        delivered = {key for key, _ in deposit.deliveries(self._transaction, run["id"])}
        return "" if read is None or read == set(plain_keys(delivered)) else "read again today they give other records"

    def _require_same(self, flow: Flow) -> None:
        """The deposit's numbers must be the review's: pseudonyms and what was left out change none."""
        scope = Scope(version=self._request.version)
        own = flow_at(self._transaction, self._review.protocol, resolve(self._transaction, scope), scope)
        drop = {"author"}
        same = {key: value for key, value in as_json(own).items() if key not in drop} == {
            key: value for key, value in as_json(flow).items() if key not in drop
        }
        if not same or numbers(own) != numbers(flow):
            raise ReviewError(
                "The deposit was not written: its data do not come to the review's own numbers. `prisma-tool doctor` shows whether the review is "
                "sound; if it is, this is a fault of prisma-tool."
            )

    def _what_is_left_out(self) -> Iterator[str]:
        rules = self._rules
        yield "Abstracts, authors, keywords and full texts of records; the hash of each record's whole content is kept."
        if not rules.name_reviewers:
            yield "Names of reviewers: R1, R2 and so on stand for them ([bundle] name_reviewers)."
        if not rules.name_authors:
            yield "Names of the review's authors, their answers, who reviewed a strategy and whom was asked ([bundle] name_authors)."
        if not rules.notes:
            yield "Notes, labels, attempts to get full texts and the names of imported files, which people wrote ([bundle] notes)."
        yield "Comments of review.toml, the database's address, accounts and folders of computers."


def _facts(entry: Entry) -> dict[str, Any]:
    return {"size": entry.size, "sha256": entry.sha256, "packed": entry.packed}


def summary_sentences(report: BundleReport) -> tuple[str, ...]:
    """What a person is told after the deposit was written."""
    return (
        (
            f"Wrote {report.path}: {counted(report.records, 'record')}, {counted(report.events, 'event')} and {counted(report.numbers, 'number')} "
            f"with their members, in {counted(report.files, 'file')} ({report.size:,} bytes)."
        ),
        f"Head of the log: {report.head} (publish it elsewhere too: `prisma-tool verify` compares it with --head).",
        *(f"Left out: {sentence}" for sentence in report.left_out),
    )
