"""The flow as data for other programs: `flow --json` and `flow --explain`. The keys are a contract with other programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from prisma_tool.errors import PrismaError, UsageError
from prisma_tool.flow.flow import (
    COUNT_KEYS,
    EXTRA_LIST_KEYS,
    LIST_KEYS,
    OPTIONAL_KEYS,
    PENDING_KEYS,
    SCREENING_REASONS,
    Check,
    Count,
    Flow,
    Participants,
    Study,
    VersionFlow,
)
from prisma_tool.flow.living.versions import drawn_apart
from prisma_tool.flow.notes.bound_notes import bound_footnotes
from prisma_tool.model.protocol.figure_words import PARTICIPANTS, Language
from prisma_tool.model.utc import utc_text


def as_json(flow: Flow, *, reasons_at_screening: bool = False) -> dict[str, Any]:
    """The whole flow; a count is null where the template has no such box, or nobody gave its number.

    Args:
        flow: the flow.
        reasons_at_screening: whether `lists` has the reasons at title/abstract too.
    """
    lists = (*list_keys(flow), *((SCREENING_REASONS,) if reasons_at_screening else ()))
    return {
        "template": flow.template.value,
        "counts": {key: _number(flow, key) for key in count_keys(flow)},
        "lists": {key: _lines(flow, key) for key in lists},
        "pending": _pending(flow),
        **({"sums_only": sums} if (sums := sorted(flow.not_given.intersection(LIST_KEYS))) else {}),
        **({"unmerged": flow.unmerged} if flow.unmerged else {}),
        "adjustments": [{"box": number.box, "n": number.n, "note": number.note} for number in flow.adjustments],
        **_participants(flow),
        "footnotes": list(bound_footnotes(flow)),
        **words_json(flow),
        **({"versions": [_version(version) for version in flow.versions]} if flow.versions else {}),
        "checks": [_check(check) for check in flow.checks],
        "interim": flow.interim,
    }


def _version(version: VersionFlow) -> dict[str, Any]:
    """The numbers of one version; what is said of it stands with those of all versions."""
    flow = version.flow
    return {
        "label": version.label,
        "template": flow.template.value,
        "counts": {key: _number(flow, key) for key in count_keys(flow)},
        "lists": {key: lines for key in list_keys(flow) if (lines := _lines(flow, key))},
        **({"pending": _pending(flow)} if flow.pending else {}),
        **({"unmerged": flow.unmerged} if flow.unmerged else {}),
        "checks": [_check(check) for check in flow.checks],
    }


def _lines(flow: Flow, key: str) -> dict[str, int]:
    return {label: line.n for label, line in getattr(flow, key).items()}


def _pending(flow: Flow) -> dict[str, int]:
    return {key: getattr(flow.pending, key).n for key in PENDING_KEYS}


def file_json(flow: Flow, *, reasons_at_screening: bool = False) -> dict[str, Any]:
    """The same for a file, from which the figure may be drawn again: the date that documents give is kept too."""
    return as_json(flow, reasons_at_screening=reasons_at_screening) | date_json(flow)


def date_json(flow: Flow) -> dict[str, str]:
    """The date of the newest event, where one is known."""
    return {} if flow.dated is None else {"dated": utc_text(flow.dated)}


def words_json(flow: Flow) -> dict[str, Any]:
    """The words of the figure as they were given; what a placeholder needs and no count tells stands beside them."""
    words = flow.words
    texts = (*words.notes.values(), *words.labels.values(), words.caption, words.alt)
    dated = any("{last_searched}" in text for text in texts)
    return {
        "notes": dict(words.notes),
        "labels": dict(words.labels),
        **({"caption": words.caption} if words.caption else {}),
        **({"alt": words.alt} if words.alt else {}),
        **({"author": words.author} if words.author else {}),
        **({"show": [name.value for name in words.show]} if words.show else {}),
        **({"language": words.language.value} if words.language is not Language.ENGLISH else {}),
        **({"last_searched": flow.last_searched} if dated else {}),
    }


def _participants(flow: Flow) -> dict[str, Any]:
    return {} if flow.participants is None else {PARTICIPANTS: participants_json(flow.participants)}


def participants_json(participants: Participants) -> dict[str, int]:
    """How many participants are known, of how many of the studies."""
    return {"n": participants.n, "known": participants.known, "studies": participants.studies}


def _number(flow: Flow, key: str) -> int | None:
    count: Count | None = getattr(flow, key)
    return None if count is None or key in flow.not_given else count.n


def _check(check: Check) -> dict[str, Any]:
    """A relation; by how much it fails and what may explain that stand there only where it does."""
    return {
        "name": check.name,
        "kind": check.kind.value,
        "holds": check.holds,
        "detail": check.detail,
        **({"difference": check.difference} if check.difference else {}),
        **({"hints": list(check.hints)} if check.hints else {}),
    }


def count_keys(flow: Flow) -> tuple[str, ...]:
    """The keys of `counts`; those that PRISMA 2020 has no box for only where they are known."""
    return (*COUNT_KEYS, *(key for key in OPTIONAL_KEYS if getattr(flow, key) is not None))


def list_keys(flow: Flow) -> tuple[str, ...]:
    """The keys of `lists`; those that the template lacks only where they have lines."""
    return (*LIST_KEYS, *(key for key in EXTRA_LIST_KEYS if getattr(flow, key)))


def find_count(flow: Flow, key: str) -> Count:
    """The count behind a key: a box ("duplicates"), a line of a list ("dbr_excluded:Wrong population"), or "pending:retrieval".

    Raises:
        UsageError: there is no such key.
        PrismaError: this flow's template has no such box.
    """
    box, at, version_name = key.rpartition("@")
    version = (
        next((version for version in drawn_apart(flow.versions) if version.label == version_name), None)
        if at and flow.versions
        else None
    )
    if version is not None:
        return find_count(version.flow, box)
    name, _, label = key.partition(":")
    if name == "pending" and label in PENDING_KEYS:
        return getattr(flow.pending, label)  # type: ignore[no-any-return] # all fields of Pending are counts
    if name == SCREENING_REASONS or (name == "records_excluded" and label):
        return _line(flow.screening_reasons, name, label)
    if key == PARTICIPANTS:
        return _known_participants(flow).count
    if name in (*LIST_KEYS, *EXTRA_LIST_KEYS):
        return _line(getattr(flow, name), name, label)
    if key not in (*COUNT_KEYS, *OPTIONAL_KEYS):
        raise UsageError(
            f"There is no box '{key}'. Boxes: {', '.join(COUNT_KEYS)}; lines: LIST:LABEL with {', '.join(LIST_KEYS)}."
        )
    count: Count | None = getattr(flow, key)
    if count is None:
        raise PrismaError(f"The template {flow.template} has no box '{key}'.")
    return count


def _line(lines: Mapping[str, Count], name: str, label: str) -> Count:
    if not label:
        counted = [line.studies for line in lines.values() if line.studies is not None]
        studies = tuple(study for line in counted for study in line) if counted else None
        return replace(Count.together(lines.values()), studies=studies)
    for known, line in lines.items():
        if known.casefold() == label.casefold():
            return line
    listed = "; ".join(lines) or "none"
    raise UsageError(f"'{name}' has no line '{label}'. Its lines: {listed}.")


def explanation(flow: Flow, key: str) -> dict[str, Any]:
    """The members of one number; `n == len(records) + sum of adjustments`, and for studies `n == len(studies)`.

    Raises:
        UsageError: there is no such key.
        PrismaError: this flow's template has no such box.
    """
    if key == PARTICIPANTS:
        return _explained_participants(flow)
    count = find_count(flow, key)
    return {
        "key": key,
        "n": count.n,
        "records": list(count.records),
        "adjustments": [{"n": number.n, "note": number.note} for number in count.adjustments],
        **({} if count.studies is None else {"studies": _studies(count.studies)}),
    }


def _studies(studies: Iterable[Study]) -> list[dict[str, Any]]:
    return [{"label": study.label, "records": list(study.records)} for study in studies]


def _explained_participants(flow: Flow) -> dict[str, Any]:
    """The studies behind the number of participants, with the part of each."""
    known = _known_participants(flow)
    members = {member.study: member for member in known.members}
    studies = [study for study in (flow.total_studies or flow.new_studies).studies or () if study.label in members]
    return {
        "key": PARTICIPANTS,
        "n": known.n,
        "records": [key for study in studies for key in study.records],
        "adjustments": [],
        "studies": [
            {**study, "participants": members[study["label"]].n, "as": members[study["label"]].counted_as}
            for study in _studies(studies)
        ],
    }


def _known_participants(flow: Flow) -> Participants:
    if flow.participants is None:
        raise PrismaError("No participants are known here: `prisma-tool study participants LABEL N` enters those of a study.")
    return flow.participants
