"""What screening programs write beside a record, read as what somebody said about it.

Rayyan writes it into the notes ("RAYYAN-INCLUSION: {"Ada"=>"Included"} | RAYYAN-LABELS: a,b | RAYYAN-EXCLUSION-REASONS: c |
USER-NOTES: {"Ada"=>["text"]}"), ASReview into columns or the notes (ASReview_relevant), Covidence into the columns Notes ("Exclusion
reason: x; Ada (2021-03-04 05:06:07)(Screen): text") and Tags, this program into columns or notes of its own, and spreadsheets into
columns such as "decision" and "reason". Pure. Invariant: what is not understood stays in the record, nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from msgspec.structs import replace

from prisma_tool.formats.account.export_row import (
    LABELS_NOTE,
    OWN_COLUMNS,
    OWN_NOTES,
    REVIEWERS_NOTE,
    SCREENING_NOTE,
    votes_from_json,
)
from prisma_tool.formats.text.cell_values import squeezed
from prisma_tool.formats.text.tidy import line
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import Stage, Verdict


@dataclass(frozen=True, slots=True)
class ExportedVote:
    """A verdict; the reviewer is empty where the file does not name one, the stage None where it does not tell."""

    verdict: Verdict
    reviewer: str = ""
    stage: Stage | None = None
    reasons: tuple[str, ...] = ()
    note: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ExportedNote:
    """A remark of a named or unnamed reviewer."""

    text: str
    reviewer: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ExportedScreening:
    """All that a file says about one record, and the program that wrote it.

    `reason` is one that no vote in the file carries, `problem` what could not be read.
    """

    program: str
    votes: tuple[ExportedVote, ...] = ()
    notes: tuple[ExportedNote, ...] = ()
    labels: tuple[str, ...] = ()
    reason: str = ""
    problem: str = ""


_VERDICTS = {
    "include": Verdict.INCLUDE,
    "included": Verdict.INCLUDE,
    "relevant": Verdict.INCLUDE,
    "yes": Verdict.INCLUDE,
    "1": Verdict.INCLUDE,
    "1.0": Verdict.INCLUDE,
    "true": Verdict.INCLUDE,
    "exclude": Verdict.EXCLUDE,
    "excluded": Verdict.EXCLUDE,
    "irrelevant": Verdict.EXCLUDE,
    "no": Verdict.EXCLUDE,
    "0": Verdict.EXCLUDE,
    "0.0": Verdict.EXCLUDE,
    "false": Verdict.EXCLUDE,
    "maybe": Verdict.MAYBE,
    "unsure": Verdict.MAYBE,
    "ongoing": Verdict.ONGOING,
    "awaiting": Verdict.AWAITING,
}
_NOTES = frozenset({"n1", "notes", "note", "annote", "researchnotes"})
_NEXT_NOTE = re.compile(rf"\s+(?=(?:{LABELS_NOTE}|{REVIEWERS_NOTE})\S)")
"""Where formats that have one field for all notes put ours one after the other."""
_DECISION_COLUMNS = ("decision", "verdict", "inclusion", "included", "labelincluded", "screeningdecision", "finaldecision")
_REASON_COLUMNS = ("reason", "exclusionreason", "exclusionreasons", "reasonforexclusion")

_RAYYAN = re.compile(r"(RAYYAN-INCLUSION|RAYYAN-LABELS|RAYYAN-EXCLUSION-REASONS|USER-NOTES):\s*")
_PAIR = re.compile(r"\"((?:[^\"\\]|\\.)*)\"\s*=>\s*(\"(?:[^\"\\]|\\.)*\"|\[(?:[^\"\]]|\"(?:[^\"\\]|\\.)*\")*\])")
_STRING = re.compile(r"\"((?:[^\"\\]|\\.)*)\"")
_ASREVIEW = re.compile(r"\bASReview_(relevant|irrelevant|prior)\b")
_SCREENING = re.compile(r"(?:title/abstract ([a-z]+))?(?:; )?(?:full text ([a-z]+))?(?: \((.*)\))?(?: \[ASReview_[a-z]+\])?")
_COVIDENCE_REASON = re.compile(r"Exclusion reason:\s*([^;]+);?\s*")
_COVIDENCE_NOTE = re.compile(
    r"([^;()]+?)\s*\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)[^)]*\)\s*\([^)]*\):\s*(.*?)(?=;\s+[^;()]+\(\d{4}-|;?\s*$)"
)


def read_screening(citation: Citation) -> tuple[ExportedScreening | None, Citation]:
    """What reviewers decided about a record, as far as the fields beside it say so.

    Returns:
        The votes, notes and labels (None where no known program wrote any), and the record `without_own`.
    """
    fields = _ExtraFields(citation)
    statement = next((statement for dialect in _DIALECTS if (statement := dialect(fields)) is not None), None)
    return statement, without_own(citation, fields)


def without_own(citation: Citation, fields: _ExtraFields | None = None) -> Citation:
    """The record without what an earlier export of this program said about it: that belongs to the review, not to the record.

    Of each own column the first is left out; what comes later under its name the record brought itself (BibTeX's note and source).
    """
    columns = set(OWN_COLUMNS) if (fields or _ExtraFields(citation)).is_own_table else set()
    remaining = tuple(pair for pair in citation.extra if not _is_own(pair, columns))
    return citation if len(remaining) == len(citation.extra) else replace(citation, extra=remaining)


def _is_own(pair: tuple[str, str], columns: set[str]) -> bool:
    tag, value = pair
    if tag in columns:
        columns.remove(tag)
        return True
    return value.startswith(OWN_NOTES)


_name = lru_cache(maxsize=2_000)(squeezed)
"""Tags and headers come again with every record."""


class _ExtraFields:
    """The fields beside a record, by squeezed name; several notes stay apart."""

    def __init__(self, citation: Citation) -> None:
        pairs = [(_name(tag), value) for tag, value in citation.extra]
        self.by_name: Mapping[str, str] = dict(reversed(pairs))
        self.notes = [note for name, value in pairs if name in _NOTES for note in _apart(value)]

    def __getitem__(self, name: str) -> str:
        return self.by_name.get(name, "")

    @property
    def is_own_table(self) -> bool:
        return {"cluster", "representative"} <= self.by_name.keys()


def _apart(value: str) -> list[str]:
    return _NEXT_NOTE.split(value) if value.startswith(OWN_NOTES) else [value]


def _own(fields: _ExtraFields) -> ExportedScreening | None:
    noted = {prefix: note.removeprefix(prefix) for note in fields.notes for prefix in OWN_NOTES if note.startswith(prefix)}
    if not fields.is_own_table and not noted:
        return None
    states = _SCREENING.fullmatch(noted.get(SCREENING_NOTE, ""))
    title_abstract, full_text, reason = states.groups() if states else (None, None, None)
    title_abstract, full_text = title_abstract or fields["titleabstract"], full_text or fields["fulltext"]
    return _own_screening(
        {Stage.TITLE_ABSTRACT: title_abstract, Stage.FULL_TEXT: full_text},
        reason or fields["reason"],
        noted.get(LABELS_NOTE) or fields["labels"],
        noted.get(REVIEWERS_NOTE) or fields["reviewers"],
    )


def _own_screening(states: Mapping[Stage, str], reason: str, labels: str, reviewers: str) -> ExportedScreening:
    try:
        votes, remarks = votes_from_json(reviewers) if reviewers else ((), ())
    except ValueError as error:
        problem = f"what single reviewers said cannot be read ({line(str(error))})"
        return ExportedScreening(
            "prisma-tool", _from_outcomes(states, reason), labels=_listed(labels.split(";")), problem=problem
        )
    named_votes = tuple(
        ExportedVote(
            _VERDICTS[vote.verdict], vote.reviewer, Stage(vote.stage), _listed([vote.reason]), vote.note, moment(vote.at)
        )
        for vote in votes
        if vote.verdict in _VERDICTS and vote.stage in set(Stage)
    )
    notes = tuple(ExportedNote(remark.text, remark.reviewer, moment(remark.at)) for remark in remarks)
    return ExportedScreening("prisma-tool", named_votes or _from_outcomes(states, reason), notes, _listed(labels.split(";")))


def _from_outcomes(states: Mapping[Stage, str], reason: str) -> tuple[ExportedVote, ...]:
    """Outcomes as votes of somebody unnamed; the reason belongs to the last exclusion."""
    decided = [(stage, _VERDICTS[state]) for stage, state in states.items() if state in _VERDICTS]
    excluded = [stage for stage, verdict in decided if verdict is Verdict.EXCLUDE]
    last = excluded[-1] if excluded else None
    return tuple(
        ExportedVote(verdict, stage=stage, reasons=_listed([reason]) if stage is last else ()) for stage, verdict in decided
    )


def _rayyan(fields: _ExtraFields) -> ExportedScreening | None:
    text = next((note for note in fields.notes if _RAYYAN.search(note)), "")
    inclusion = fields["rayyaninclusion"]
    if not text and not inclusion:
        return None
    parts = _sections(text) | ({"RAYYAN-INCLUSION": inclusion} if inclusion else {})
    labels, reasons = _listed(parts.get("RAYYAN-LABELS", "").split(",")), [parts.get("RAYYAN-EXCLUSION-REASONS", "")]
    reasons += [label.removeprefix("__EXR__") for label in labels if label.startswith("__EXR__")]
    voted = _pairs(parts.get("RAYYAN-INCLUSION", ""))
    votes = tuple(
        ExportedVote(verdict, name, reasons=_listed(reasons) if verdict is Verdict.EXCLUDE else ())
        for name, word in voted
        if (verdict := _VERDICTS.get(_unquoted(word).lower())) is not None
    )
    return ExportedScreening(
        "Rayyan",
        votes,
        tuple(
            ExportedNote(line(note), name) for name, listed in _pairs(parts.get("USER-NOTES", "")) for note in _strings(listed)
        ),
        tuple(label for label in labels if not label.startswith("__EXR__")),
        "" if any(vote.reasons for vote in votes) else "; ".join(_listed(reasons)),
    )


def _sections(text: str) -> dict[str, str]:
    _, *parts = _RAYYAN.split(text)
    return {name: value.strip().rstrip("|").strip() for name, value in zip(parts[::2], parts[1::2], strict=True)}


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(_plain(name), value) for name, value in _PAIR.findall(text)]


def _strings(text: str) -> list[str]:
    return [_plain(value) for value in _STRING.findall(text)]


def _unquoted(text: str) -> str:
    return _plain(text[1:-1])


def _plain(text: str) -> str:
    return line(re.sub(r"\\(.)", r"\1", text))


def _asreview(fields: _ExtraFields) -> ExportedScreening | None:
    columns = any(name.startswith("asreview") for name in fields.by_name)
    marks = {mark for note in fields.notes for mark in _ASREVIEW.findall(note)}
    if not columns and not marks:
        return None
    word = fields["asreviewlabel"] or fields["included"] or next(iter(sorted(marks - {"prior"})), "")
    verdict = _VERDICTS.get(word.lower())
    prior = fields["asreviewprior"] in {"1", "1.0", "True"} or "prior" in marks
    name, at = fields["asreviewusername"], moment(fields["asreviewtime"])
    note = "; ".join(filter(None, (fields["asreviewnote"], "prior knowledge in ASReview" if prior else "")))
    votes = (ExportedVote(verdict, name, note=note, at=at),) if verdict else ()
    notes = (ExportedNote(note, name, at),) if note and not votes else ()
    return ExportedScreening(
        "ASReview", votes, notes, _listed(re.split(r"[;,]", fields["asreviewtags"].strip("[]").replace("'", "")))
    )


def _covidence(fields: _ExtraFields) -> ExportedScreening | None:
    if "covidence" not in fields.by_name and not any(_COVIDENCE_REASON.match(note) for note in fields.notes):
        return None
    text = " ".join(fields.notes)
    reason = _COVIDENCE_REASON.search(text)
    rest = _COVIDENCE_REASON.sub("", text)
    notes = tuple(
        ExportedNote(text.strip(), name.strip(), moment(at)) for name, at, text in _COVIDENCE_NOTE.findall(rest) if text.strip()
    )
    remarks = notes or tuple(ExportedNote(text) for text in _listed([rest]))
    stated = _stated(fields)
    verdict = stated or (Verdict.EXCLUDE if reason else None)
    reasons = _listed([reason[1] if reason else _first(fields, _REASON_COLUMNS)])
    votes = (ExportedVote(verdict, reasons=reasons if verdict is Verdict.EXCLUDE else ()),) if verdict else ()
    return ExportedScreening(
        "Covidence", votes, remarks, _listed(re.split(r"[;,]", fields["tags"])), "" if votes else "; ".join(reasons)
    )


def _spreadsheet(fields: _ExtraFields) -> ExportedScreening | None:
    verdict = _stated(fields)
    if verdict is None:
        return None
    reasons = _listed([_first(fields, _REASON_COLUMNS)]) if verdict is Verdict.EXCLUDE else ()
    at = moment(fields["decidedat"])
    stage = fields["stage"].lower().replace(" ", "-").replace("/", "-")
    vote = ExportedVote(verdict, fields["reviewer"], Stage(stage) if stage in set(Stage) else None, reasons, at=at)
    notes = tuple(ExportedNote(note, fields["reviewer"], at) for note in _listed(fields.notes))
    return ExportedScreening("a table", (vote,), notes, _listed(re.split(r"[;,]", fields["labels"] or fields["tags"])))


def _stated(fields: _ExtraFields) -> Verdict | None:
    return _VERDICTS.get(_first(fields, _DECISION_COLUMNS).lower())


def _first(fields: _ExtraFields, names: tuple[str, ...]) -> str:
    return next((fields[name] for name in names if fields[name]), "")


def _listed(values: Iterable[str]) -> tuple[str, ...]:
    """Values on one line each, empty ones left out, each once."""
    return tuple(dict.fromkeys(filter(None, map(line, values))))


_DIALECTS: tuple[Callable[[_ExtraFields], ExportedScreening | None], ...] = (_own, _rayyan, _asreview, _covidence, _spreadsheet)


def moment(text: str) -> datetime | None:
    """A time as these programs write it (ISO 8601, or seconds since 1970), in UTC where no zone is given; None where it is none."""
    if not text:
        return None
    try:
        parsed = datetime.fromtimestamp(float(text), UTC) if text.replace(".", "", 1).isdigit() else datetime.fromisoformat(text)
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
