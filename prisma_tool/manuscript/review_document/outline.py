"""The outline of a manuscript: which headings it has, and what stands in each generated part. Pure.

Invariant: an appendix holds what the report of its own writes, block by block; in the sections before, a sentence is one of the methods
section or of a checklist's row, an answer is the authors', and what nobody has answered is a question that begins with OPEN.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from prisma_tool.manuscript.checklist.rows import ChecklistRow, RowState
from prisma_tool.manuscript.document.blocks import Block, Document, Heading, Paragraph, Picture, Points, Table
from prisma_tool.manuscript.methods.text import MethodsSection
from prisma_tool.manuscript.review_document.parts import GeneratedPart, Manuscript, ManuscriptSettings, PageTurn, Piece
from prisma_tool.manuscript.tables.study_tables import ListedStudy
from prisma_tool.model.protocol.publication import AuthorEntry
from prisma_tool.model.text import one_line

NO_TITLE = "[OPEN: the title of the review (title in review.toml)]"
_ABSTRACT = {
    "2": "Objectives",
    "3": "Eligibility",
    "4": "Sources",
    "5": "Risk of bias",
    "6": "Synthesis",
    "7": "Included studies",
    "8": "Results",
    "9": "Limitations",
    "10": "Interpretation",
    "11": "Funding",
    "12": "Registration",
}
"""The headings of the abstract, by item of PRISMA 2020 for Abstracts; item 1 is the title itself."""
_NO_AUTHORS = "[OPEN: Who are the authors? ([[authors]] in review.toml)]"


@dataclass(frozen=True, slots=True)
class ManuscriptSources:
    """What a manuscript is made of: rows of checklists by number, the methods section, the figure, and the reports of the appendices."""

    title: str
    authors: tuple[AuthorEntry, ...]
    rows: Mapping[str, ChecklistRow]
    abstract: tuple[ChecklistRow, ...]
    methods: tuple[MethodsSection, ...]
    figure: Picture
    caption: str
    studies: tuple[ListedStudy, ...]
    statements: tuple[str, ...]
    appendices: Mapping[str, Document]


def manuscript(sources: ManuscriptSources, settings: ManuscriptSettings) -> Manuscript:
    """The whole document."""
    pieces = (
        *_front(sources),
        *_introduction(sources),
        *_methods(sources),
        *_results(sources),
        *_discussion(sources),
        *_other_information(sources),
        *_references(sources),
        *_appendices(sources),
    )
    return Manuscript(sources.title or NO_TITLE, tuple(pieces), settings)


def _front(sources: ManuscriptSources) -> Iterator[Piece]:
    yield GeneratedPart("front.authors", tuple(_author_blocks(sources.authors)))
    yield Heading(1, "Abstract")
    yield GeneratedPart("abstract.items", tuple(_abstract_blocks(sources.abstract)))


def _abstract_blocks(rows: tuple[ChecklistRow, ...]) -> Iterator[Block]:
    for row in rows:
        if row.number in _ABSTRACT and (text := _prose(row)):
            yield Paragraph(f"{_ABSTRACT[row.number]}: {text}")


def _author_blocks(authors: tuple[AuthorEntry, ...]) -> Iterator[Block]:
    if not authors:
        yield Paragraph(_NO_AUTHORS)
        return
    places = list(dict.fromkeys(author.affiliation for author in authors if author.affiliation))
    numbered = {place: number for number, place in enumerate(places, start=1)}
    yield Paragraph(", ".join(_name(author, numbered) for author in authors))
    if places:
        yield Points(tuple(f"{number}. {one_line(place)}" for place, number in numbered.items()))
    people = [f"{one_line(author.name)}, {author.orcid_url}" for author in authors if author.orcid]
    if people:
        yield Paragraph(f"ORCID: {'; '.join(people)}.")
    corresponding = [one_line(author.name) for author in authors if author.corresponding]
    if corresponding:
        yield Paragraph(f"Correspondence: {', '.join(corresponding)}.")


def _name(author: AuthorEntry, numbered: Mapping[str, int]) -> str:
    place = f" ({numbered[author.affiliation]})" if author.affiliation and len(numbered) > 1 else ""
    return f"{one_line(author.name)}{place}"


def _introduction(sources: ManuscriptSources) -> Iterator[Piece]:
    yield Heading(1, "Introduction")
    yield _rows("intro.rationale", sources, "3")
    yield _rows("intro.objectives", sources, "4")


def _methods(sources: ManuscriptSources) -> Iterator[Piece]:
    sections = {section.heading: section.sentences for section in sources.methods}
    yield Heading(1, "Methods")
    yield Heading(2, "Protocol and registration")
    yield _rows("methods.protocol", sources, "24a", "24b", "24c")
    yield Heading(2, "Eligibility criteria")
    yield _rows("methods.eligibility", sources, "5")
    yield Heading(2, "Information sources and searches")
    searching = (*sections.get("", ()), *sections.get("Searches", ()))
    yield _part("methods.searches", _joined(searching), _asked(sources.rows["6"]), _row_blocks(sources.rows["7"]))
    yield Heading(2, "Duplicates")
    yield _part("methods.duplicates", _joined(sections.get("Duplicates", ())))
    yield Heading(2, "Selection of studies")
    yield _part("methods.screening", _joined(sections.get("Titles and abstracts", ())), _asked(sources.rows["8"]))
    yield _part("methods.retrieval", _joined(sections.get("Retrieval of full texts", ())))
    yield _part("methods.fulltexts", _joined(sections.get("Full texts", ())))
    yield Heading(2, "Data collection")
    yield _rows("methods.data", sources, "9", "10a", "10b")
    yield Heading(2, "Risk of bias")
    yield _rows("methods.bias", sources, "11")
    yield Heading(2, "Synthesis")
    yield _rows("methods.effects", sources, "12")
    yield _rows("methods.synthesis", sources, "13a", "13b", "13c", "13d", "13e", "13f")
    yield Heading(2, "Reporting bias and certainty")
    yield _rows("methods.certainty", sources, "14", "15")
    yield Heading(2, "Records of the work")
    yield _part("methods.records", _joined(sections.get("Records of the work", ())))


def _results(sources: ManuscriptSources) -> Iterator[Piece]:
    yield Heading(1, "Results")
    yield Heading(2, "Selection of studies")
    yield _rows("results.selection", sources, "16a")
    yield GeneratedPart("results.figure", (sources.figure, Paragraph(sources.caption)))
    yield _rows("results.excluded", sources, "16b")
    yield Heading(2, "Characteristics of the studies")
    yield _part("results.studies", _row_blocks(sources.rows["17"]), _study_table(sources.studies))
    yield Heading(2, "Results of the studies and syntheses")
    yield _rows("results.outcomes", sources, "18", "19", "20a", "20b", "20c", "20d")
    yield Heading(2, "Reporting bias and certainty")
    yield _rows("results.certainty", sources, "21", "22")


def _study_table(studies: tuple[ListedStudy, ...]) -> Iterator[Block]:
    """A row for each study, with what the records tell; the appendix has a table of its own for each."""
    if studies:
        columns = ("Study", "Reports", "Design", "Participants", "Countries", "Funding")
        names = ("design", "participants", "countries", "funding")
        rows = (
            (f"{study.label}{'*' if study.proposed else ''}", str(len(study.reports)), *(study.facts[name] for name in names))
            for study in studies
        )
        yield Table(columns, tuple(rows), (24, 10, 18, 16, 16, 16))
    if any(study.proposed for study in studies):
        yield Paragraph("Labels marked * are proposed: nobody has named these studies yet.")


def _discussion(sources: ManuscriptSources) -> Iterator[Piece]:
    yield Heading(1, "Discussion")
    yield _rows("discussion.points", sources, "23a", "23b", "23c", "23d")


def _other_information(sources: ManuscriptSources) -> Iterator[Piece]:
    yield Heading(1, "Other information")
    yield _rows("other.support", sources, "25")
    yield _rows("other.interests", sources, "26")
    yield _rows("other.availability", sources, "27")


def _references(sources: ManuscriptSources) -> Iterator[Piece]:
    yield Heading(1, "References")
    included = tuple(dict.fromkeys(report.reference for study in sources.studies for report in study.reports))
    listed = (Heading(2, "Reports of the included studies"), Points(included)) if included else ()
    yield GeneratedPart("references.included", (*listed, Heading(2, "Reporting guidelines"), Points(sources.statements)))


def _appendices(sources: ManuscriptSources) -> Iterator[Piece]:
    yield PageTurn()
    yield Heading(1, "Appendices")
    for name, document in sources.appendices.items():
        yield Heading(2, document.title)
        yield GeneratedPart(name, tuple(_lowered(document.blocks)), landscape=True)


def _lowered(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks of a report under the heading that its title has become."""
    for block in blocks:
        yield replace(block, level=block.level + 2) if isinstance(block, Heading) else block


def _part(name: str, *blocks: Iterable[Block]) -> GeneratedPart:
    return GeneratedPart(name, tuple(block for several in blocks for block in several))


def _rows(name: str, sources: ManuscriptSources, *numbers: str) -> GeneratedPart:
    return _part(name, *(_row_blocks(sources.rows[number]) for number in numbers))


def _joined(sentences: tuple[str, ...]) -> Iterator[Block]:
    if sentences:
        yield Paragraph(" ".join(sentences))


def _row_blocks(row: ChecklistRow) -> Iterator[Block]:
    if text := _prose(row):
        yield Paragraph(text)


def _asked(row: ChecklistRow) -> Iterator[Block]:
    """What a row adds to sentences that stand already: the authors' answer, and what is open."""
    if text := _prose(replace(row, sentence="")):
        yield Paragraph(text)


def _prose(row: ChecklistRow) -> str:
    """A row of a checklist as it stands in a manuscript: the authors' words as their own, what is open as a question."""
    answer = row.answer
    if row.state is RowState.NOT_APPLICABLE:
        answer = f"{row.cue}: not applicable. {row.answer}"
    question = f"[OPEN: {row.question} ({row.how})]" if row.question else ""
    return " ".join(filter(None, (row.sentence, answer, question)))
