"""Earlier work: what reviewers said in another program becomes events of named reviewers here.

Invariants: everything of one file is stored or nothing; the same file twice adds nothing; a vote that was given in this review is
never overridden by a file; a reason that the protocol does not list becomes a note and is told, never dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from prisma_tool.errors import DecisionError, UsageError
from prisma_tool.identify.files.reviewer_exports import ExportedNote, ExportedScreening, ExportedVote
from prisma_tool.model.log.events import Channel, Event, EventKind
from prisma_tool.model.protocol.protocol import Protocol, Reason
from prisma_tool.model.text import fold, one_line
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.reports.state import Phase, Report, reports_of
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide_within
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import record_events


@dataclass(frozen=True, slots=True)
class DecisionImportOptions:
    """How a file of decisions is read: as which reviewers', at which stage and with which verdict where the file does not tell.

    `people` maps names in the file to reviewers of this review; the key "" names whoever spoke without a name.
    """

    people: Mapping[str, str] = field(default_factory=dict)
    stage: Stage = Stage.TITLE_ABSTRACT
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class ImportedDecisions:
    """What earlier work came to.

    Attributes:
        programs: Where the file comes from.
        decisions: How many the file gave.
        implied: How many includes at title/abstract follow from decisions at full text.
        notes: How many were stored.
        labels: How many were stored.
        standing: How many decisions, notes and labels were here before.
        kept: How many votes of this review a file contradicts; they stay.
        reviewers: Whose decisions they are.
        noted_reasons: By reason that the protocol does not list: how often it was kept as a note.
        problems: What the file says that was not understood, each once.
    """

    programs: tuple[str, ...] = ()
    decisions: int = 0
    implied: int = 0
    notes: int = 0
    labels: int = 0
    standing: int = 0
    kept: int = 0
    reviewers: tuple[str, ...] = ()
    noted_reasons: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


EntryStatements = Sequence[tuple[str, ExportedScreening | None]]
"""(record key, what the file says about the entry); None where it says nothing."""


def decision_importer(
    review: Review, options: DecisionImportOptions
) -> Callable[[Transaction, EntryStatements], ImportedDecisions]:
    """What an import calls, within its transaction, with the key of each entry and what the file says about it."""

    def import_statements(transaction: Transaction, statements: EntryStatements) -> ImportedDecisions:
        return _import_decisions(transaction, _ReviewerNames(review, options), _with_verdict(statements, options), options)

    return import_statements


def _with_verdict(statements: EntryStatements, options: DecisionImportOptions) -> list[tuple[str, ExportedScreening]]:
    """Files of one list, such as Covidence's, say nothing about their records: then the verdict is that of the whole file."""
    if options.verdict is None:
        return [(key, statement) for key, statement in statements if statement is not None]
    return [(key, _with_vote(statement or ExportedScreening("a file"), options.verdict)) for key, statement in statements]


def _with_vote(statement: ExportedScreening, verdict: Verdict) -> ExportedScreening:
    if statement.votes:
        return statement
    reasons = (statement.reason,) if statement.reason and verdict is Verdict.EXCLUDE else ()
    return replace(statement, votes=(ExportedVote(verdict, reasons=reasons),), reason="")


class _ReviewerNames:
    """Names in a file as reviewers of this review; names that are nobody's are gathered, so that one message tells them all."""

    def __init__(self, review: Review, options: DecisionImportOptions) -> None:
        self.review = review
        self.mapped = {name.casefold(): person for name, person in options.people.items()}
        self.known: dict[str, str] = {}
        self.unknown: dict[str, None] = {}

    def __call__(self, name: str) -> str:
        if name not in self.known:
            self.known[name] = self._resolve(name)
        return self.known[name]

    def _resolve(self, name: str) -> str:
        mapped_name = self.mapped.get(name.casefold(), name)
        listed = self.review.protocol.reviewers
        if mapped_name and listed and mapped_name.casefold() not in {person.casefold() for person in listed}:
            self.unknown[mapped_name] = None
            return mapped_name
        return self.review.reviewer(mapped_name or None)

    def require_all(self) -> None:
        """Check that nobody was a stranger.

        Raises:
            UsageError: some were.
        """
        if self.unknown:
            names = [one_line(name) for name in self.unknown]
            raise UsageError(
                f"The file holds the work of {', '.join(names)}, who {'is' if len(names) == 1 else 'are'} not among the reviewers of "
                f"this review ({', '.join(self.review.protocol.reviewers)}). Add them to 'reviewers' in review.toml, or say who they "
                f'are: --reviewer "{names[0]}={self.review.protocol.reviewers[0]}". Nothing was stored.'
            )


def _import_decisions(
    transaction: Transaction,
    people: _ReviewerNames,
    statements: list[tuple[str, ExportedScreening]],
    options: DecisionImportOptions,
) -> ImportedDecisions:
    reader = _FileReader(transaction.protocol, people, options.stage)
    for key, statement in statements:
        reader.read(key, statement)
    people.require_all()
    transaction = replace(transaction, via=Channel.FILE)
    votes = _VoteSorter(transaction, reader.decisions)
    implied = votes.implied()
    decided = decide_within(transaction, [*implied, *votes.new_decisions])
    notes, noted_before = _store_notes(transaction, reader.notes)
    labels, labelled_before = _store_labels(transaction, reader.labels)
    return ImportedDecisions(
        programs=tuple(dict.fromkeys(statement.program for _, statement in statements)),
        decisions=len(decided) - len(implied),
        implied=len(implied),
        notes=notes,
        labels=labels,
        standing=votes.already_here + noted_before + labelled_before,
        kept=votes.contradicted,
        reviewers=tuple(sorted({decision.reviewer for decision in reader.decisions})),
        noted_reasons=dict(sorted(reader.noted_reasons.items())),
        problems=tuple(dict.fromkeys(statement.problem for _, statement in statements if statement.problem)),
    )


@dataclass(frozen=True, slots=True)
class _Note:
    key: str
    reviewer: str
    text: str
    at: datetime | None


class _FileReader:
    """What the file says, in this review's words: choices, notes and labels."""

    def __init__(self, protocol: Protocol, people: _ReviewerNames, stage: Stage) -> None:
        self.protocol, self.people, self.stage = protocol, people, stage
        self.decisions: list[Decision] = []
        self.notes: list[_Note] = []
        self.labels: list[tuple[str, str, str]] = []
        self.noted_reasons: Counter[str] = Counter()

    def read(self, key: str, statement: ExportedScreening) -> None:
        for vote in statement.votes:
            self._vote(key, statement.program, vote)
        author = statement.votes[0].reviewer if statement.votes else ""
        reason_note = (
            (ExportedNote(f"Reason given in {statement.program}: {statement.reason}", author),) if statement.reason else ()
        )
        for note in (*statement.notes, *reason_note):
            self.notes.append(_Note(key, self.people(note.reviewer or author), note.text, note.at))
        if statement.reason:
            self.noted_reasons[statement.reason] += 1
        self.labels += [(key, label, self.people(author)) for label in statement.labels]

    def _vote(self, key: str, program: str, vote: ExportedVote) -> None:
        stage, reviewer = vote.stage or self.stage, self.people(vote.reviewer)
        reason, other_reasons = _reason(self.protocol, vote.reasons)
        if other_reasons and reason is None and stage is Stage.FULL_TEXT:
            raise DecisionError(
                f"{key}: '{one_line(other_reasons[0])}' is not a reason of this review, and an exclusion at full text needs one. Add it to "
                "the reasons in review.toml and import the file again. Nothing was stored."
            )
        for other_reason in other_reasons:
            self.noted_reasons[other_reason] += 1
            self.notes.append(_Note(key, reviewer, f"Reason given in {program}: {other_reason}", vote.at))
        self.decisions.append(
            Decision(key, stage, reviewer, vote.verdict, reason.id if reason else "", vote.note, vote.at, f"{key}: ", program)
        )


def _reason(protocol: Protocol, texts: Iterable[str]) -> tuple[Reason | None, tuple[str, ...]]:
    """The first of the protocol's reasons that is among those given, and what else was given.

    Programs part several reasons with commas, which reasons may hold themselves: the whole is tried first.
    """
    parts = [part.strip() for text in texts for part in ([text] if _listed_reason(protocol, text) else text.split(","))]
    known = [reason for part in parts if (reason := _listed_reason(protocol, part)) is not None]
    first = min(known, key=lambda reason: protocol.reason_rank(reason.id), default=None)
    return first, tuple(
        dict.fromkeys(part for part in parts if part and (first is None or _listed_reason(protocol, part) is not first))
    )


def _listed_reason(protocol: Protocol, text: str) -> Reason | None:
    """The reason of the protocol that a text names, whatever the case; "Wrong outcomes" is "Wrong outcome"."""
    name = _folded_singular(text)
    return protocol.reason(text) or next((reason for reason in protocol.reasons if _folded_singular(reason.label) == name), None)


def _folded_singular(text: str) -> str:
    return " ".join(word.rstrip("s") for word in fold(text).split())


class _VoteSorter:
    """The choices that are new: those that stand already, and those that a vote of this review contradicts, are left out."""

    def __init__(self, transaction: Transaction, decisions: Sequence[Decision]) -> None:
        self.transaction = transaction
        self.now = transaction.now()
        self.new_decisions: list[Decision] = []
        self.already_here = self.contradicted = 0
        self.current_votes = {
            (event.subject, event.stage, event.reviewer): event
            for event in record_events.votes_on(transaction, {decision.key for decision in decisions})
        }
        # Within a file the order of its rows counts, whatever their dates: the last row about a report is what the file says of it.
        by_question: dict[tuple[str, str, str], list[Decision]] = {}
        for decision in sorted(decisions, key=lambda decision: decision.stage is Stage.FULL_TEXT):
            dated = replace(decision, at=min(decision.at, self.now) if decision.at else None)
            by_question.setdefault((decision.key, decision.stage, decision.reviewer), []).append(dated)
        for question, answers in by_question.items():
            self._sort(self.current_votes.get(question), answers)

    def _sort(self, current: Event | None, answers: list[Decision]) -> None:
        last = answers[-1]
        if current is None:
            self.new_decisions += answers
        elif (current.text("verdict"), current.text("reason")) == (last.verdict, last.reason):
            self.already_here += len(answers)
        elif current.text("origin") and _is_of_later_export(last, current):
            self.new_decisions += answers
        else:
            self.contradicted += len(answers)

    def implied(self) -> list[Decision]:
        """A report that was assessed in full text had passed title/abstract: the include that the file leaves out."""
        assessed = {
            (decision.key, decision.reviewer): decision for decision in self.new_decisions if decision.stage is Stage.FULL_TEXT
        }
        screened = {
            (decision.key, decision.reviewer) for decision in self.new_decisions if decision.stage is Stage.TITLE_ABSTRACT
        }
        reports = reports_of(self.transaction, {key for key, _ in assessed})
        return [
            replace(decision, stage=Stage.TITLE_ABSTRACT, verdict=Verdict.INCLUDE, reason="", note="")
            for report_and_reviewer, decision in assessed.items()
            if report_and_reviewer not in screened and self._waits(reports.get(decision.key), decision)
        ]

    def _waits(self, report: Report | None, decision: Decision) -> bool:
        voted = (decision.key, Stage.TITLE_ABSTRACT.value, decision.reviewer) in self.current_votes
        return report is not None and report.phase is Phase.SCREENING and not voted


def _is_of_later_export(decision: Decision, current: Event) -> bool:
    """Whether another program changed its mind since the export from which the present vote came: dates of files against each other."""
    return decision.at is None or decision.at > current.at


def _store_notes(transaction: Transaction, notes: Sequence[_Note]) -> tuple[int, int]:
    """Store the notes that are not there yet; returns how many were stored, and how many were there."""
    stored = {
        (event.subject, event.reviewer, event.text("text"))
        for event in record_events.notes_on(transaction, {note.key for note in notes})
    }
    new_notes = {
        (note.key, note.reviewer, note.text): note for note in notes if (note.key, note.reviewer, note.text) not in stored
    }
    now = transaction.now()
    event_log.append(
        transaction,
        [
            event_log.Draft(
                EventKind.NOTE, note.key, reviewer=note.reviewer, payload={"text": note.text}, at=min(note.at or now, now)
            )
            for note in new_notes.values()
        ],
    )
    return len(new_notes), len(notes) - len(new_notes)


def _store_labels(transaction: Transaction, labels: Sequence[tuple[str, str, str]]) -> tuple[int, int]:
    """Store the labels that are not there yet; returns how many were stored, and how many were there."""
    stored = record_events.labels_on(transaction, {key for key, _, _ in labels})
    new_labels = {(key, label): reviewer for key, label, reviewer in labels if (key, label) not in stored}
    event_log.append(
        transaction,
        [
            event_log.Draft(EventKind.LABEL, key, reviewer=reviewer, payload={"label": label, "labelled": True})
            for (key, label), reviewer in new_labels.items()
        ],
    )
    return len(new_labels), len(labels) - len(new_labels)
