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
from prisma_tool.identify.files.reviewer_exports import Said, SaidNote, SaidVote
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.protocol.protocol import Protocol, Reason
from prisma_tool.model.text import fold, one_line
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.reports.state import Phase, Report, reports_of
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Choice, decide_within
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import record_events


@dataclass(frozen=True, slots=True)
class Wish:
    """How a file's words are taken: as which reviewers, at which stage and with which verdict where the file does not tell.

    `people` maps names in the file to reviewers of this review; the key "" names whoever spoke without a name.
    """

    people: Mapping[str, str] = field(default_factory=dict)
    stage: Stage = Stage.TITLE_ABSTRACT
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What earlier work came to; `standing` counts what was here before, `kept` votes of this review that a file contradicts."""

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


Found = Sequence[tuple[str, Said | None]]


def taker(review: Review, wish: Wish) -> Callable[[Transaction, Found], TakenOver]:
    """What an import calls, within its transaction, with the key of each entry and what the file says about it."""

    def take(transaction: Transaction, found: Found) -> TakenOver:
        return _take_over(transaction, _People(review, wish), _with_verdict(found, wish), wish)

    return take


def _with_verdict(found: Found, wish: Wish) -> list[tuple[str, Said]]:
    """Files of one list, such as Covidence's, say nothing about their records: then the verdict is that of the whole file."""
    if wish.verdict is None:
        return [(key, said) for key, said in found if said is not None]
    return [(key, _judged(said or Said("a file"), wish.verdict)) for key, said in found]


def _judged(said: Said, verdict: Verdict) -> Said:
    if said.votes:
        return said
    reasons = (said.reason,) if said.reason and verdict is Verdict.EXCLUDE else ()
    return replace(said, votes=(SaidVote(verdict, reasons=reasons),), reason="")


class _People:
    """Names in a file as reviewers of this review; names that are nobody's are gathered, so that one message tells them all."""

    def __init__(self, review: Review, wish: Wish) -> None:
        self.review = review
        self.given = {name.casefold(): person for name, person in wish.people.items()}
        self.known: dict[str, str] = {}
        self.strangers: dict[str, None] = {}

    def __call__(self, name: str) -> str:
        if name not in self.known:
            self.known[name] = self._found(name)
        return self.known[name]

    def _found(self, name: str) -> str:
        wanted = self.given.get(name.casefold(), name)
        listed = self.review.protocol.reviewers
        if wanted and listed and wanted.casefold() not in {person.casefold() for person in listed}:
            self.strangers[wanted] = None
            return wanted
        return self.review.reviewer(wanted or None)

    def require_all(self) -> None:
        """Check that nobody was a stranger.

        Raises:
            UsageError: some were.
        """
        if self.strangers:
            names = [one_line(name) for name in self.strangers]
            raise UsageError(
                f"The file holds the work of {', '.join(names)}, who {'is' if len(names) == 1 else 'are'} not among the reviewers of "
                f"this review ({', '.join(self.review.protocol.reviewers)}). Add them to 'reviewers' in review.toml, or say who they "
                f'are: --reviewer "{names[0]}={self.review.protocol.reviewers[0]}". Nothing was stored.'
            )


def _take_over(transaction: Transaction, people: _People, found: list[tuple[str, Said]], wish: Wish) -> TakenOver:
    reading = _Reading(transaction.protocol, people, wish.stage)
    for key, said in found:
        reading.read(key, said)
    people.require_all()
    votes = _Votes(transaction, reading.choices)
    implied = votes.implied()
    decided = decide_within(transaction, [*implied, *votes.fresh])
    notes, noted_before = _store_notes(transaction, reading.notes)
    labels, labelled_before = _store_labels(transaction, reading.labels)
    return TakenOver(
        programs=tuple(dict.fromkeys(said.program for _, said in found)),
        decisions=len(decided) - len(implied),
        implied=len(implied),
        notes=notes,
        labels=labels,
        standing=votes.standing + noted_before + labelled_before,
        kept=votes.kept,
        reviewers=tuple(sorted({choice.reviewer for choice in reading.choices})),
        noted_reasons=dict(sorted(reading.noted.items())),
        problems=tuple(dict.fromkeys(said.problem for _, said in found if said.problem)),
    )


@dataclass(frozen=True, slots=True)
class _Note:
    key: str
    reviewer: str
    text: str
    at: datetime | None


class _Reading:
    """What the file says, in this review's words: choices, notes and labels."""

    def __init__(self, protocol: Protocol, people: _People, stage: Stage) -> None:
        self.protocol, self.people, self.stage = protocol, people, stage
        self.choices: list[Choice] = []
        self.notes: list[_Note] = []
        self.labels: list[tuple[str, str, str]] = []
        self.noted: Counter[str] = Counter()

    def read(self, key: str, said: Said) -> None:
        for vote in said.votes:
            self._vote(key, said.program, vote)
        speaker = said.votes[0].reviewer if said.votes else ""
        loose = (SaidNote(f"Reason given in {said.program}: {said.reason}", speaker),) if said.reason else ()
        for note in (*said.notes, *loose):
            self.notes.append(_Note(key, self.people(note.reviewer or speaker), note.text, note.at))
        if said.reason:
            self.noted[said.reason] += 1
        self.labels += [(key, label, self.people(speaker)) for label in said.labels]

    def _vote(self, key: str, program: str, vote: SaidVote) -> None:
        stage, reviewer = vote.stage or self.stage, self.people(vote.reviewer)
        reason, others = _reason(self.protocol, vote.reasons)
        if others and reason is None and stage is Stage.FULL_TEXT:
            raise DecisionError(
                f"{key}: '{one_line(others[0])}' is not a reason of this review, and an exclusion at full text needs one. Add it to "
                "the reasons in review.toml and import the file again. Nothing was stored."
            )
        for other in others:
            self.noted[other] += 1
            self.notes.append(_Note(key, reviewer, f"Reason given in {program}: {other}", vote.at))
        self.choices.append(
            Choice(key, stage, reviewer, vote.verdict, reason.id if reason else "", vote.note, vote.at, f"{key}: ", program)
        )


def _reason(protocol: Protocol, given: Iterable[str]) -> tuple[Reason | None, tuple[str, ...]]:
    """The first of the protocol's reasons that is among those given, and what else was given.

    Programs part several reasons with commas, which reasons may hold themselves: the whole is tried first.
    """
    parts = [part.strip() for text in given for part in ([text] if _listed(protocol, text) else text.split(","))]
    known = [reason for part in parts if (reason := _listed(protocol, part)) is not None]
    first = min(known, key=lambda reason: protocol.reason_rank(reason.id), default=None)
    return first, tuple(dict.fromkeys(part for part in parts if part and (first is None or _listed(protocol, part) is not first)))


def _listed(protocol: Protocol, text: str) -> Reason | None:
    """The reason of the protocol that a text names, whatever the case; "Wrong outcomes" is "Wrong outcome"."""
    wanted = _bare(text)
    return protocol.reason(text) or next((reason for reason in protocol.reasons if _bare(reason.label) == wanted), None)


def _bare(text: str) -> str:
    return " ".join(word.rstrip("s") for word in fold(text).split())


class _Votes:
    """The choices that are new: those that stand already, and those that a vote of this review contradicts, are left out."""

    def __init__(self, transaction: Transaction, choices: Sequence[Choice]) -> None:
        self.transaction = transaction
        self.now = transaction.now()
        self.fresh: list[Choice] = []
        self.standing = self.kept = 0
        self.held = {
            (event.subject, event.stage, event.reviewer): event
            for event in record_events.votes_on(transaction, {choice.key for choice in choices})
        }
        for choice in sorted(choices, key=lambda choice: (choice.stage is Stage.FULL_TEXT, choice.at or self.now)):
            self._sort(replace(choice, at=min(choice.at, self.now) if choice.at else None))

    def _sort(self, choice: Choice) -> None:
        held = self.held.get((choice.key, choice.stage, choice.reviewer))
        if held is None:
            self.fresh.append(choice)
        elif (held.text("verdict"), held.text("reason")) == (choice.verdict, choice.reason):
            self.standing += 1
        elif held.text("origin") and _is_later(choice, held):
            self.fresh.append(choice)
        else:
            self.kept += 1

    def implied(self) -> list[Choice]:
        """A report that was assessed in full text had passed title/abstract: the include that the file leaves out."""
        assessed = {(one.key, one.reviewer): one for one in self.fresh if one.stage is Stage.FULL_TEXT}
        screened = {(one.key, one.reviewer) for one in self.fresh if one.stage is Stage.TITLE_ABSTRACT}
        reports = reports_of(self.transaction, {key for key, _ in assessed})
        return [
            replace(one, stage=Stage.TITLE_ABSTRACT, verdict=Verdict.INCLUDE, reason="", note="")
            for place, one in assessed.items()
            if place not in screened and self._waits(reports.get(one.key), one)
        ]

    def _waits(self, report: Report | None, choice: Choice) -> bool:
        voted = (choice.key, Stage.TITLE_ABSTRACT.value, choice.reviewer) in self.held
        return report is not None and report.phase is Phase.SCREENING and not voted


def _is_later(choice: Choice, held: Event) -> bool:
    return choice.at is None or choice.at > held.at


def _store_notes(transaction: Transaction, notes: Sequence[_Note]) -> tuple[int, int]:
    """Store the notes that are not there yet; returns how many were stored, and how many were there."""
    held = {
        (event.subject, event.reviewer, event.text("text"))
        for event in record_events.notes_on(transaction, {one.key for one in notes})
    }
    fresh = {(one.key, one.reviewer, one.text): one for one in notes if (one.key, one.reviewer, one.text) not in held}
    now = transaction.now()
    event_log.append(
        transaction,
        [
            event_log.Draft(
                EventKind.NOTE, one.key, reviewer=one.reviewer, payload={"text": one.text}, at=min(one.at or now, now)
            )
            for one in fresh.values()
        ],
    )
    return len(fresh), len(notes) - len(fresh)


def _store_labels(transaction: Transaction, labels: Sequence[tuple[str, str, str]]) -> tuple[int, int]:
    """Store the labels that are not there yet; returns how many were stored, and how many were there."""
    held = record_events.labels_on(transaction, {key for key, _, _ in labels})
    fresh = {(key, label): reviewer for key, label, reviewer in labels if (key, label) not in held}
    event_log.append(
        transaction,
        [
            event_log.Draft(EventKind.LABEL, key, reviewer=reviewer, payload={"label": label, "labelled": True})
            for (key, label), reviewer in fresh.items()
        ],
    )
    return len(fresh), len(labels) - len(fresh)
