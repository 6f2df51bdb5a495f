"""Studies, one by one: those included (PRISMA 2020 item 17), and those that are ongoing or await classification.

Invariant: there is a study for every one behind the figure's number, with each of its reports; what the tool does not know is an empty
cell for the team, never a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from prisma_tool.flow.flow import Adjustment, Count, Flow, Lines, Study
from prisma_tool.flow.read import flow_at
from prisma_tool.flow.scope import Scope, resolve
from prisma_tool.manuscript.document.blocks import Block, Document, Heading, Paragraph, Points, Table
from prisma_tool.manuscript.tables import study_facts
from prisma_tool.manuscript.tables.listed_reports import ListedReport, listed_reports
from prisma_tool.manuscript.tables.review_table import ReviewTable, entered_sentences, scope_sentence
from prisma_tool.model.text import one_line
from prisma_tool.review.open_review import Review

TEAM_COLUMNS = ("population", "intervention", "comparator", "outcomes", "notes")
"""What only somebody who read the reports can fill."""
_KNOWN = ("registry_numbers", "design", "participants", "countries", "funding")
_COLUMNS = ("study", "label_proposed", "state", "reports", "references", *_KNOWN, *TEAM_COLUMNS)
HOW_TO_NAME = '`prisma-tool study link "Author Year" KEY ...` names a study and gathers its reports.'
INCLUDED, NEW, PREVIOUS = "included", "included, new in this version", "included in the previous version"
_SET_ASIDE = {"ongoing": "ongoing", "awaiting": "awaiting classification"}


@dataclass(frozen=True, slots=True)
class ListedStudy:
    """A study: its label, whether that is only proposed, what has become of it, its reports, and what their records say of it."""

    label: str
    proposed: bool
    state: str
    reports: tuple[ListedReport, ...]
    facts: Mapping[str, str]


def included_count(flow: Flow) -> Count:
    """All included studies: those in total of an update, else those of the review."""
    return flow.new_studies if flow.total_studies is None else flow.total_studies


def included_table(review: Review, version: str, style: str) -> ReviewTable:
    """The included studies of the review as it stands, or of a closed version.

    Raises:
        PrismaError: no such version, or the citation style cannot be used.
    """
    flow, studies = _read(review, version, style, _included)
    n = len(studies)
    sentence = f"{n} {'study is' if n == 1 else 'studies are'} included." if n else "No study is included."
    return _table(flow, studies, version, "Included studies", sentence, included_count(flow).adjustments)


def included_studies(review: Review, version: str, style: str) -> list[ListedStudy]:
    """The studies of `included_table`."""
    return _read(review, version, style, _included)[1]


def ongoing_table(review: Review, version: str, style: str) -> ReviewTable:
    """The studies that are ongoing or await classification, of the review as it stands or of a closed version.

    Raises:
        PrismaError: no such version, or the citation style cannot be used.
    """
    flow, studies = _read(review, version, style, _set_aside)
    counts = {state: sum(study.state == state for study in studies) for state in _SET_ASIDE.values()}
    parts = [f"{n} {'study is' if n == 1 else 'studies are'} {state}" for state, n in counts.items() if n]
    sentence = f"{'; '.join(parts)}." if parts else "No study is ongoing or awaits classification."
    adjustments = tuple(one for name in _SET_ASIDE for counted in getattr(flow, name).values() for one in counted.adjustments)
    return _table(flow, studies, version, "Ongoing studies and studies awaiting classification", sentence, adjustments)


_States = Iterable[tuple[Study, str]]
"""Studies, each with what has become of it."""


def _included(flow: Flow) -> _States:
    if flow.total_studies is None:
        return [(study, INCLUDED) for study in flow.new_studies.studies or ()]
    new = {study.label for study in flow.new_studies.studies or ()}
    return [(study, NEW if study.label in new else PREVIOUS) for study in flow.total_studies.studies or ()]


def _set_aside(flow: Flow) -> _States:
    lists: Iterator[tuple[Lines, str]] = ((getattr(flow, name), state) for name, state in _SET_ASIDE.items())
    return [(study, state) for lines, state in lists for counted in lines.values() for study in counted.studies or ()]


def _read(review: Review, version: str, style: str, chosen: Callable[[Flow], _States]) -> tuple[Flow, list[ListedStudy]]:
    scope = Scope(version=version)
    with review.store.read() as transaction:
        flow = flow_at(transaction, review.protocol, resolve(transaction, scope), scope, listed=False)
        states = list(chosen(flow))
        reports = listed_reports(transaction, [key for study, _ in states for key in study.records], style)
    # By label, as a reader looks for them; the order of the figure's records means nothing to one.
    return flow, sorted(_studies(flow, states, reports), key=lambda study: study.label.casefold())


def _studies(flow: Flow, states: Sequence[tuple[Study, str]], reports: Mapping[str, ListedReport]) -> Iterator[ListedStudy]:
    unlabelled = {study.label: [reports[key].citation for key in study.records] for study, _ in states if _is_unlinked(study)}
    proposed = study_facts.proposed_labels(unlabelled, [study.label for study, _ in states if not _is_unlinked(study)])
    entered = {member.study: member for member in flow.participants.members} if flow.participants else {}
    for study, state in states:
        mine = tuple(reports[key] for key in study.records)
        citations = [report.citation for report in mine]
        facts = {
            "registry_numbers": study_facts.registry_numbers(citations),
            "design": study_facts.design(citations),
            "participants": study_facts.participants(entered.get(study.label), citations),
            "countries": study_facts.countries(citations),
            "funding": study_facts.funding(citations),
        }
        yield ListedStudy(proposed.get(study.label, study.label), study.label in proposed, state, mine, facts)


def _is_unlinked(study: Study) -> bool:
    """A report that nobody linked is a study of its own, under its key."""
    return study.records == (study.label,)


def _table(
    flow: Flow, studies: list[ListedStudy], version: str, title: str, sentence: str, adjustments: tuple[Adjustment, ...]
) -> ReviewTable:
    blocks: list[Block] = [Paragraph(sentence), Paragraph(scope_sentence(flow, version))]
    blocks += map(Paragraph, entered_sentences(adjustments, "studies"))
    if any(study.proposed for study in studies):
        blocks.append(Paragraph("Labels marked * are proposed: nobody has named these studies yet."))
    blocks += [block for study in studies for block in _study_blocks(study)]
    return ReviewTable(
        document=Document(title, tuple(blocks)),
        header=_COLUMNS,
        rows=tuple(map(_cells, studies)),
        data={"version": version, "interim": flow.interim, "n": len(studies), "studies": list(map(_as_json, studies))},
        hints=(HOW_TO_NAME,) if any(study.proposed for study in studies) else (),
    )


def _study_blocks(study: ListedStudy) -> Iterator[Block]:
    yield Heading(1, f"{study.label}{'*' if study.proposed else ''}")
    yield Points(tuple(report.reference for report in study.reports))
    rows = [("State", study.state), *((_heading(name), study.facts[name]) for name in _KNOWN)]
    yield Table(("About", study.label), (*rows, *((_heading(name), "") for name in TEAM_COLUMNS)))


def _heading(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _cells(study: ListedStudy) -> tuple[str, ...]:
    references = "\n".join(report.reference for report in study.reports)
    keys = "; ".join(report.key for report in study.reports)
    empty = ("",) * len(TEAM_COLUMNS)
    return (one_line(study.label), "yes" if study.proposed else "", study.state, keys, references, *study.facts.values(), *empty)


def _as_json(study: ListedStudy) -> dict[str, object]:
    reports = [{"key": report.key, "reference": report.reference} for report in study.reports]
    return {"study": study.label, "label_proposed": study.proposed, "state": study.state, "reports": reports, **study.facts}
