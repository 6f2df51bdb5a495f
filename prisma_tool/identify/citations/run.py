"""Running a citation search: asked, kept and resumed question by question, joined over its indexes, and stored in one step.

Invariants: every answer is kept before the next is asked for, and nothing is stored as a record before all indexes are through, so that a search
which was interrupted comes to the same end; seeds that an index does not know and works that it does not give are named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from prisma_tool.errors import ExitCode, Interrupted, PrismaError, SearchRefused, UsageError
from prisma_tool.formats.citation_indexes.joined_works import JoinedWork, write_joined
from prisma_tool.identify.citations.index_round import RoundResult, ask_index
from prisma_tool.identify.citations.joining import FoundWork, accession, as_kept, joined
from prisma_tool.identify.citations.kept_facts import read_facts, write_facts
from prisma_tool.identify.citations.question import ASKED, CitationQuestion, command_again, kept, repeats, written
from prisma_tool.identify.citations.seeds import included_keys, seed_of_work, seeds_of
from prisma_tool.identify.citations.side_by_side import Handover, side_by_side
from prisma_tool.identify.run.progress import Listener, SearchStopped
from prisma_tool.identify.run.raw_answers import RawFolder, opened, packed
from prisma_tool.identify.search.execution import Execution, ReceivedAnswer
from prisma_tool.model.protocol.protocol import CITATION_SEARCH
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.keys import CITATION_INDEXES, record_key, slug
from prisma_tool.model.text import counted
from prisma_tool.model.vocabulary import RecordState, RunStatus, SourceKind
from prisma_tool.review.open_review import Review
from prisma_tool.sources.citations.index import CitationIndex, IndexFacts, IndexReply, Seed
from prisma_tool.store.engine.claims import claimed
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records import records
from prisma_tool.store.records.record_events import CITED, LED
from prisma_tool.store.runs import reruns, run_progress, runs

MOST_SEEDS = 1_000
PORTION = 500
SOURCE = slug(CITATION_INDEXES)


@dataclass(frozen=True, slots=True)
class CitationReport:
    """What became of a citation search; the keys of `cite --json`.

    `works` were joined from all indexes; `known` of them were in the review already, `new` were not. `per_seed` counts works by seed
    and direction, `unknown_seeds` lists by index the seeds that it does not know.
    """

    run: str
    status: RunStatus
    seeds: int
    directions: tuple[str, ...]
    indexes: tuple[str, ...]
    works: int
    new: int
    known: int
    per_seed: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    unknown_seeds: Mapping[str, Sequence[str]] = field(default_factory=dict)
    undelivered: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    requests: int = 0

    @property
    def stopped(self) -> bool:
        """Whether the person who waits stopped it."""
        return SearchStopped().message in self.warnings

    @property
    def exit_code(self) -> ExitCode:
        """Done, or incomplete and resumable, or failed."""
        codes = {RunStatus.COMPLETE: ExitCode.DONE, RunStatus.FAILED: ExitCode.FAILED}
        return codes.get(self.status, ExitCode.INCOMPLETE)


def cite(review: Review, question: CitationQuestion, indexes: Sequence[CitationIndex], listener: Listener) -> CitationReport:
    """Search by citation, or go on with an unfinished search of the same question.

    Raises:
        UsageError: there is no index, none that knows a direction, or no seed.
        DecisionError: a seed is no record of this review.
        Interrupted: another living program runs a citation search.
    """
    if not indexes:
        raise UsageError("No citation index is left to ask; see --index.")
    if not any(set(question.directions) & index.directions for index in indexes):
        raise UsageError(f"{indexes[0].label} does not say what cites a work; choose another index, or --backward.")
    with claimed(review.store, f"search {CITATION_SEARCH}") as ours:
        if not ours:
            raise Interrupted(
                "Another program runs a citation search of this review at this moment; run the same command when it is done."
            )
        with review.store.read() as transaction:
            seeds = seeds_of(transaction, question.seeds or included_keys(transaction))
        if not seeds:
            raise UsageError("There is no seed yet: no report is included. Name seeds with --from KEY or --from SET.")
        return _CitationRun(review, question, indexes, listener, seeds).result()


def _question_text(question: CitationQuestion, indexes: Sequence[CitationIndex], seeds: Sequence[Seed]) -> str:
    """The search in words, as it stands in the run and the appendix."""
    ways = " and ".join(question.directions).capitalize()
    rounds = "" if question.rounds == 1 else f", up to {question.rounds} rounds"
    return "\n".join(
        (
            f"{ways} citation searching from {len(seeds)} seed {'reference' if len(seeds) == 1 else 'references'}{rounds}",
            f"Indexes: {', '.join(index.label for index in indexes)}",
            f"Seeds: {', '.join(seed.key for seed in seeds)}",
        )
    )


def _left_unfinished(last: runs.Run | None, question: CitationQuestion) -> list[str]:
    """A sentence where the search before was not finished and this one does not ask all that it asked; the latest search tells how they stand."""
    if last is None or last.status not in (RunStatus.RUNNING, RunStatus.INCOMPLETE) or ASKED not in last.service:
        return []
    if repeats(question, kept(last.service[ASKED])):
        return []
    command = command_again(CITATION_SEARCH, last.service)
    return [
        f"The citation search before this one was not finished, and this one does not ask the same: `{command}` asks it again."
    ]


class _CitationRun:
    """One citation search while it is under way."""

    def __init__(
        self,
        review: Review,
        question: CitationQuestion,
        indexes: Sequence[CitationIndex],
        listener: Listener,
        seeds: Sequence[Seed],
    ) -> None:
        self.review, self.question, self.indexes, self.listener, self.seeds = review, question, indexes, listener, seeds
        self.text = _question_text(question, indexes, seeds)
        self.problems: list[str] = []
        self.status = RunStatus.COMPLETE
        self.from_indexes: list[FoundWork] = []
        self.unknown: dict[str, list[str]] = {}
        self.undelivered: list[str] = []
        self.requests = sum(index.transport.requests_sent for index in indexes)
        self.run_id = self.begin()
        self.execution = Execution(review, self.run_id, SOURCE, RawFolder(review.folder, self.run_id), listener)
        self.answered: dict[str, str] = dict(self.execution.checkpoint().get("answered", {}))

    def begin(self) -> str:
        """The unfinished run of the same question, else a new one."""
        with self.review.store.write() as transaction:
            source = runs.register_source(transaction, CITATION_INDEXES, SourceKind.CITATION)
            runs.register_search(transaction, CITATION_SEARCH, source.slug)
            last = runs.last_run(transaction, CITATION_SEARCH, RunStatus)
            if last is not None and last.status in (RunStatus.RUNNING, RunStatus.INCOMPLETE) and last.query == self.text:
                run_progress.resume(transaction, last.id, [])
                return last.id
            asked = {ASKED: written(self.question, [seed.key for seed in self.seeds])}
            self.problems += _left_unfinished(last, kept(asked[ASKED]))
            facts = {"query": self.text, "operator": self.review.operator, "service": asked}
            return runs.begin_run(transaction, source.slug, search=CITATION_SEARCH, **facts).id

    def result(self) -> CitationReport:
        """Ask all indexes, join and store what they found; a search that is not through keeps its answers and stores nothing yet."""
        try:
            self.all_rounds()
        except SearchStopped as error:
            self.stop(RunStatus.INCOMPLETE, error.message)
        except KeyboardInterrupt:
            self.stop(RunStatus.INCOMPLETE, SearchStopped().message)
        return self.finish(self.works() if self.status is RunStatus.COMPLETE else [])

    def works(self) -> list[JoinedWork]:
        """All that was found, joined, and described as before where an index only leaves out a subtitle."""
        works = joined(self.from_indexes, self.accessions())
        keys = [record_key(SOURCE, work.accession) for work in works]
        with self.review.store.read() as transaction:
            held = records.records_by_key(transaction, keys)
        return [as_kept(work, held[key].citation) if key in held else work for key, work in zip(keys, works, strict=True)]

    def stop(self, status: RunStatus, problem: str) -> None:
        """Note why the search is not complete."""
        self.status = RunStatus.INCOMPLETE if RunStatus.INCOMPLETE in (status, self.status) else status
        self.problems.append(problem)

    def all_rounds(self) -> None:
        """Ask round by round; the works that one round found first are the seeds of the next."""
        seeds = list(self.seeds)
        asked = {number for seed in seeds for number in (seed.pmid, seed.doi) if number}
        for number in range(1, self.question.rounds + 1):
            self.one_round(number, seeds)
            if self.status is not RunStatus.COMPLETE or number == self.question.rounds:
                return
            works = joined(self.from_indexes, self.accessions())
            further = [work for work in works if not {work.citation.pmid, work.citation.doi} & asked]
            seeds = [seed_of_work(record_key(SOURCE, work.accession), work.citation) for work in further if work.accession]
            asked |= {one for seed in seeds for one in (seed.pmid, seed.doi) if one}
            if len(seeds) > MOST_SEEDS:
                self.problems.append(
                    f"Round {number} found {len(seeds)} works, more than the {MOST_SEEDS} seeds that a round may have: no further round was run."
                )
                return

    def one_round(self, number: int, seeds: Sequence[Seed]) -> None:
        """Ask all indexes side by side; one that fails does not keep the others from being asked."""
        labels = ", ".join(index.label for index in self.indexes)
        self.listener.tell(f"round {number}: asking {labels} about {counted(len(seeds), 'seed')} ...")
        tasks = [partial(self.ask_one, index, number, seeds) for index in self.indexes]
        for index, result in zip(self.indexes, side_by_side(tasks), strict=True):
            if isinstance(result, SearchStopped):
                raise result
            if isinstance(result, SearchRefused):
                self.stop(RunStatus.FAILED, result.message)
            elif isinstance(result, Interrupted):
                self.stop(RunStatus.INCOMPLETE, result.message)
            elif isinstance(result, PrismaError):
                raise result
            else:
                self.from_indexes += result.works
                self.unknown.setdefault(index.label, []).extend(result.unknown)
                self.undelivered += result.undelivered

    def ask_one(self, index: CitationIndex, number: int, seeds: Sequence[Seed], handover: Handover) -> RoundResult:
        """All questions of a round to one index, in a thread of its own."""
        return ask_index(index, f"{number}/{index.label}", seeds, self.question.directions, self.asker(index, handover))

    def asker(self, index: CitationIndex, handover: Handover) -> Callable[[str, Callable[[], IndexReply]], IndexFacts]:
        """Asks the questions to one index, each once over all attempts at this search."""

        def ask(name: str, question: Callable[[], IndexReply]) -> IndexFacts:
            kept = handover.call(lambda: self.kept(name))
            if kept is not None:
                return kept
            handover.call(self.execution.go_on)
            reply = question()
            handover.call(lambda: self.keep(index, name, reply))
            return reply.facts

        return ask

    def keep(self, index: CitationIndex, name: str, reply: IndexReply) -> None:
        """Keep an answer, and that its question was answered."""
        facts = ReceivedAnswer("facts", "json", packed(write_facts(reply.facts)))
        answers = [ReceivedAnswer(slug(index.label), "json", packed(answer)) for answer in reply.answers]
        self.answered[name] = self.execution.next_name(facts)
        self.execution.store_together([facts, *answers], {"answered": self.answered})
        self.listener.advance(CITATION_SEARCH, len(self.answered), None)

    def kept(self, name: str) -> IndexFacts | None:
        """What was answered in an earlier attempt; None where it was not, or where the file is no longer what it was."""
        if name not in self.answered:
            return None
        with self.review.store.read() as transaction:
            entries = [entry for entry in runs.run(transaction, self.run_id).raw if f"/{self.answered[name]}.gz" in entry["path"]]
        body, problem = opened(self.review.folder, entries[-1]) if entries else (b"", "missing")
        return None if problem else read_facts(body)

    def accessions(self) -> Callable[[Citation, str], str]:
        """Names works as earlier citation searches named them, where they share a number with one."""
        with self.review.store.read() as transaction:
            earlier = {
                number: record.accession
                for record in _holding(transaction, [work.citation for work in self.from_indexes]).values()
                if record.key.startswith(f"{SOURCE}:")
                for number in (record.citation.pmid, record.citation.doi)
                if number and record.accession
            }
        return lambda citation, number: earlier.get(citation.pmid) or earlier.get(citation.doi) or accession(citation, number)

    def finish(self, works: Sequence[JoinedWork]) -> CitationReport:
        """Store the joined works in one transaction with all that is said about them, and end the run."""
        kept = ReceivedAnswer("joined", "json", packed(write_joined(works)))
        raw = self.execution.keep(kept) if self.status is RunStatus.COMPLETE else None
        requests = sum(index.transport.requests_sent for index in self.indexes) - self.requests
        with self.review.store.write() as transaction:
            before = _known_numbers(transaction, works)
            run, known = runs.run(transaction, self.run_id), 0
            if raw is not None:
                keys, warnings = self.take(transaction, works)
                run_progress.note_arrival(transaction, run.id, raw, warnings)
                run_progress.set_checkpoint(transaction, run.id, {})
                run_progress.set_undelivered(transaction, run.id, self.undelivered)
                run_progress.set_reported(transaction, run.id, len(_keys(transaction, run.id)) + len(self.undelivered))
                # A reference that has no number is known by its words, which are its key.
                fresh = set(reruns.delivered_in_state(transaction, run.id, RecordState.NEW, len(keys)))
                known = sum(
                    key not in fresh or bool({work.citation.pmid, work.citation.doi} & before)
                    for key, work in zip(keys, works, strict=True)
                )
            report = self.report(works, known, run.requests + requests)
            facts = {"seeds": len(self.seeds), "known": known, "per_seed": report.per_seed, "unknown_seeds": report.unknown_seeds}
            facts |= {"directions": report.directions, "indexes": report.indexes}
            run_progress.add_service_facts(transaction, run.id, {CITED: facts})
            run_progress.add_warnings(transaction, run.id, report.warnings)
            run_progress.finish(transaction, run.id, self.status, requests=run.requests + requests)
        return report

    def take(self, transaction: Transaction, works: Sequence[JoinedWork]) -> tuple[list[str], list[str]]:
        """Store the works as records, and who led to each; returns the key of each, and warnings."""
        keys: list[str] = []
        warnings: list[str] = []
        led: dict[str, list[list[str]]] = {}
        for start in range(0, len(works), PORTION):
            part = works[start : start + PORTION]
            deliveries = [records.Delivery(SOURCE, work.accession, work.citation, work.raw) for work in part]
            taken = records.store_batch(transaction, self.run_id, deliveries)
            warnings += taken.warnings
            keys += taken.keys
            for key, work in zip(taken.keys, part, strict=True):
                led.setdefault(key, []).extend([lead.seed, lead.direction, lead.index] for lead in work.leads)
        run_progress.add_service_facts(transaction, self.run_id, {LED: led})
        return keys, warnings

    def report(self, works: Sequence[JoinedWork], known: int, requests: int) -> CitationReport:
        """The report on this run."""
        pairs = Counter((seed, way) for work in works for seed, way in {(lead.seed, lead.direction) for lead in work.leads})
        keys = dict.fromkeys((*(seed.key for seed in self.seeds), *(seed for seed, _ in sorted(pairs))))
        return CitationReport(
            run=self.run_id,
            status=self.status,
            seeds=len(self.seeds),
            directions=tuple(map(str, self.question.directions)),
            indexes=tuple(index.label for index in self.indexes),
            works=len(works),
            new=len(works) - known,
            known=known,
            per_seed={key: {str(way): pairs[key, way] for way in self.question.directions} for key in keys} if works else {},
            unknown_seeds={label: keys for label, keys in self.unknown.items() if keys},
            undelivered=tuple(self.undelivered),
            warnings=tuple(dict.fromkeys((*self.problems, *self.about_seeds(), *_about_known(len(works), known)))),
            requests=requests,
        )

    def about_seeds(self) -> list[str]:
        """A sentence for each index that does not know some seed, and one for each direction that an index cannot tell."""
        sentences = [
            f"{label} does not know {len(keys)} of the seeds: {', '.join(keys)}." for label, keys in self.unknown.items() if keys
        ]
        for index in self.indexes:
            missing = [way for way in self.question.directions if way not in index.directions]
            sentences += [f"{index.label} was searched {' and '.join(index.directions)} only." for _ in missing[:1]]
        return sentences


def _about_known(works: int, known: int) -> list[str]:
    return (
        [f"Of {works} works that were found, {known} {'was' if known == 1 else 'were'} in the review already."] if known else []
    )


def _keys(transaction: Transaction, run_id: str) -> set[str]:
    return runs.delivered_keys(transaction, run_id)


def _holding(transaction: Transaction, citations: Sequence[Citation]) -> dict[str, records.StoredRecord]:
    """The records of the review that share a PMID or DOI with one of these, by key."""
    keys = records.keys_with(transaction, "pmid", {one.pmid for one in citations if one.pmid})
    keys |= records.keys_with(transaction, "doi", {one.doi for one in citations if one.doi})
    return records.records_by_key(transaction, sorted(keys))


def _known_numbers(transaction: Transaction, works: Sequence[JoinedWork]) -> set[str]:
    """The PMIDs and DOIs of works that the review has already."""
    held = _holding(transaction, [work.citation for work in works]).values()
    return {number for record in held for number in (record.citation.pmid, record.citation.doi) if number}
