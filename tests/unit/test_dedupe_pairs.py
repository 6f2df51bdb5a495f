"""Labelled pairs on both sides of every threshold and every veto of the score; all are invented, and each name tells its rule."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from prisma_tool.dedupe.compare import compare, examine
from prisma_tool.dedupe.judging.findings import abbreviates
from prisma_tool.dedupe.normalise import Comparable, normalise
from prisma_tool.model.record.citation import Author, Citation, Trial

JOINED, UNCERTAIN, DIFFERENT, FORBIDDEN = "same", "unsure", "different", "forbidden"
"""What is expected of a pair; forbidden: different, and no third record may join the two."""

TITLE = "Invented drainage of the imagined ventricle after supposed haemorrhage"
AT_96 = "Many invented drainage of the imagined ventricle after supposed haemorrhage"
BELOW_96 = "Years invented drainage of the imagined ventricle after supposed haemorrhage"
AT_88 = "A revised further invented drainage of the imagined ventricle after supposed haemorrhage"
BELOW_88 = "Some further about invented drainage of the imagined ventricle after supposed haemorrhage"
AT_80 = "Many further long our years later invented drainage of the imagined ventricle after supposed haemorrhage"
BELOW_80 = "A upon my of long further the once invented drainage of the imagined ventricle after supposed haemorrhage"
AT_60 = "Drainage of the imagined after"
BELOW_60 = "Invented drainage for a supposed bleeding in children"
UNLIKE = "Erfundene Ableitung bei vermuteter Blutung"
SUBTITLED = f"{TITLE}: who would have thought of it, and what became of all that was thought of it afterwards"

PEOPLE = (Author("Quistgård", "Anna"), Author("Lindberg", "Bob"), Author("Ferreira", "C"), Author("Okonkwo", "D"))
OTHERS = (Author("Tamm", "E"), Author("Vukić", "F"))
FULL = Citation(
    title=TITLE, authors=PEOPLE, year=2019, journal="Journal of Invented Neurology", volume="12", pages="101-110", doi="", pmid=""
)
BARE = replace(FULL, journal="", volume="", pages="")
COCHRANE = replace(FULL, journal="Cochrane Database of Invented Reviews", pages="CD990001", volume="")
ENTRY = Citation(title=TITLE, year=2019, trial=Trial(), registry_numbers=("NCT99000001",))


def full(**changes: Any) -> Citation:
    """A paper with all that tells where it was published."""
    return replace(FULL, **changes)


def bare(**changes: Any) -> Citation:
    """The same without journal, volume and pages."""
    return replace(BARE, **changes)


def by(*families: str) -> tuple[Author, ...]:
    return tuple(Author(family) for family in families)


ELSEWHERE: dict[str, Any] = {"journal": "Acta Ficta", "volume": "30", "pages": "7-15"}
ONE_DOI: dict[str, Any] = {"doi": "10.5555/one"}
OTHER_DOI: dict[str, Any] = {"doi": "10.5555/other"}
ONE_PMID: dict[str, Any] = {"pmid": "99000001"}
OTHER_PMID: dict[str, Any] = {"pmid": "99000002"}

Row = tuple[str, Citation, Citation, str]

TITLES: list[Row] = [
    ("titles from 96 on are one title", bare(), bare(title=AT_96), JOINED),
    ("titles below 96 are only alike", bare(), bare(title=BELOW_96), UNCERTAIN),
    ("like titles, by one author in one year, from 88 on", bare(), bare(title=AT_88), UNCERTAIN),
    ("unlike titles below 88", bare(), bare(title=BELOW_88), DIFFERENT),
    (
        "spaces in a title do not count",
        bare(title="Antimicrobial immunotherapy of neurofibromatosis"),
        bare(title="Anti micro bial immuno therapy of neuro fibro matosis"),
        JOINED,
    ),
    ("one title less its subtitle is like it", bare(), bare(title=SUBTITLED), UNCERTAIN),
    (
        "four words are a title to which a subtitle can be added",
        bare(title="Invented drainage of brains"),
        bare(title="Invented drainage of brains in the light of all the later inventions that were made"),
        UNCERTAIN,
    ),
    (
        "three words are none",
        bare(title="Invented drainage explained"),
        bare(title="Invented drainage explained in the light of all the later inventions that were made"),
        DIFFERENT,
    ),
    (
        "words before a title make it another",
        bare(),
        bare(title=f"Remarks by somebody who knew nothing better upon {TITLE}"),
        DIFFERENT,
    ),
    (
        "a title of four words tells something by itself",
        bare(title="Invented drainage of brains"),
        bare(title="Invented drainage of brains", doi="10.5555/one"),
        JOINED,
    ),
    (
        "a title of three words does not",
        bare(title="Invented drainage explained"),
        bare(title="Invented drainage explained", doi="10.5555/one"),
        UNCERTAIN,
    ),
    (
        "unless the journal agrees too",
        full(title="Invented drainage explained", volume="", pages=""),
        full(title="Invented drainage explained", volume="", pages="9"),
        JOINED,
    ),
    (
        "the same row twice says too little under a title of every issue",
        bare(title="Editorial"),
        bare(title="Editorial"),
        UNCERTAIN,
    ),
    (
        "the same row twice is one under a title of its own",
        bare(title="Invented drainage"),
        bare(title="Invented drainage"),
        JOINED,
    ),
    ("one editorial on one page", full(title="Editorial", pages="9"), full(title="Editorial", pages="9"), JOINED),
    (
        "rows that differ in one field are not the same row",
        bare(title="Editorial"),
        bare(title="Editorial", pages="9"),
        UNCERTAIN,
    ),
]

NUMBERS: list[Row] = [
    ("one number in one title", bare(title=f"{TITLE}: part 2"), bare(title=f"{AT_96}: part 2"), JOINED),
    ("parts of a series", bare(title=f"{TITLE}: part 2"), bare(title=f"{TITLE}: part 3"), FORBIDDEN),
    ("parts of a series counted in Roman numbers", bare(title=f"{TITLE}: part ii"), bare(title=f"{TITLE}: part iv"), FORBIDDEN),
    (
        "parts of a series that lie beside each other",
        full(title=f"{TITLE}: part 2"),
        full(title=f"{TITLE}: part 3", pages="111-120"),
        FORBIDDEN,
    ),
    (
        "parts of a series printed as one over the same pages",
        full(title=f"{TITLE}: part 2"),
        full(title=f"{TITLE}: part 3"),
        UNCERTAIN,
    ),
    (
        "a number misprinted under the same PMID",
        bare(title=f"{TITLE}: part 2", **ONE_PMID),
        bare(title=f"{TITLE}: part 3", **ONE_PMID),
        JOINED,
    ),
    (
        "another number under a DOI that a supplement may share",
        bare(title=f"{TITLE}: part 2", **ONE_DOI),
        bare(title=f"{TITLE}: part 3", **ONE_DOI),
        UNCERTAIN,
    ),
    ("like titles with the same number", bare(title=f"{TITLE}: phase 2"), bare(title=f"{AT_88}: phase 2"), UNCERTAIN),
    ("like titles with other numbers", bare(title=f"{TITLE}: phase 2"), bare(title=f"{AT_88}: phase 3"), DIFFERENT),
    ("a subtitle with a number may be another part", bare(), bare(title=f"{SUBTITLED}, part 2"), UNCERTAIN),
]

KNEE, HIP = "Invented drainage of the knee after supposed haemorrhage", "Invented drainage of the hip after supposed haemorrhage"

SIBLINGS: list[Row] = [
    ("a word exchanged on one page of a supplement", full(title=KNEE, pages="S1"), full(title=HIP, pages="S1"), UNCERTAIN),
    ("a word exchanged, no pages yet", full(title=KNEE, volume="", pages=""), full(title=HIP, volume="", pages=""), UNCERTAIN),
    ("a word exchanged over two pages", full(title=KNEE, pages="101-102"), full(title=HIP, pages="101-102"), UNCERTAIN),
    (
        "a word exchanged over three pages of one volume",
        full(title=KNEE, pages="101-103"),
        full(title=HIP, pages="101-103"),
        JOINED,
    ),
    (
        "a word exchanged over three pages of a supplement",
        full(title=KNEE, pages="S101-S103"),
        full(title=HIP, pages="S101-S103"),
        UNCERTAIN,
    ),
    ("a word exchanged over three pages, authors missing", full(title=KNEE), full(title=HIP, authors=()), UNCERTAIN),
    ("a letter exchanged", bare(title=f"{TITLE} of type A"), bare(title=f"{TITLE} of type B"), UNCERTAIN),
    ("a negation over the same pages", full(title=f"{TITLE} with fever"), full(title=f"{TITLE} without fever"), UNCERTAIN),
    (
        "the same words in another order",
        full(title="Knee after hip drainage", pages="S1"),
        full(title="Hip after knee drainage", pages="S1"),
        UNCERTAIN,
    ),
    ("a word exchanged under one PMID", bare(title=KNEE, **ONE_PMID), bare(title=HIP, **ONE_PMID), JOINED),
    ("one title in two issues of a volume", full(issue="1", pages="3"), full(issue="2", pages="3"), UNCERTAIN),
    ("one title in one issue", full(issue="1", pages="3"), full(issue="01", pages="3"), JOINED),
    ("an article number where the issue belongs", full(issue="101", pages="101"), full(issue="2", pages="101"), JOINED),
    ("a range that an export cut has no first page", full(), full(pages="t-110"), JOINED),
    ("a foreign title over the same pages by its language", full(), full(title="Ableitung der Blutung aus dem Kopf"), JOINED),
    (
        "an English title unlike the other over the same pages",
        full(),
        full(title="Remarks upon nothing in particular"),
        UNCERTAIN,
    ),
]

AUTHORS: list[Row] = [
    ("a letter of nine in the first surname", bare(authors=by("Lindbergh")), bare(authors=by("Lindburgh")), JOINED),
    ("a letter of eight in the first surname", bare(authors=by("Lindberg")), bare(authors=by("Lindburg")), DIFFERENT),
    (
        "names run together after a surname of four letters",
        bare(authors=by("Tamm")),
        bare(authors=by("Tammerikvukicfrida")),
        JOINED,
    ),
    ("a surname of three letters begins many", bare(authors=by("Tam")), bare(authors=by("Tammerikvukicfrida")), DIFFERENT),
    (
        "half of the names are shared",
        bare(authors=by("Tamm", "Vukić", "Ferreira", "Okonkwo")),
        bare(authors=by("Ferreira", "Okonkwo", "Quistgård", "Lindberg")),
        JOINED,
    ),
    (
        "less than half of the names are shared",
        bare(authors=by("Tamm", "Vukić", "Adeyemi", "Okonkwo")),
        bare(authors=by("Ferreira", "Okonkwo", "Quistgård", "Lindberg")),
        DIFFERENT,
    ),
    (
        "half of the shorter list is enough",
        bare(authors=by("Vukić", "Okonkwo")),
        bare(authors=by("Ferreira", "Okonkwo", "Quistgård", "Lindberg")),
        JOINED,
    ),
    ("the same title by others", bare(), bare(authors=OTHERS), DIFFERENT),
    ("the same title by others on the same page", full(), full(authors=OTHERS), UNCERTAIN),
    ("the same title by others, one page unknown", full(), full(authors=OTHERS, pages=""), DIFFERENT),
    ("authors are missing, and the titles are equal", bare(), bare(authors=()), JOINED),
    ("authors are missing, and the titles are two spellings", bare(), bare(authors=(), title=AT_96), UNCERTAIN),
    ("authors are missing, but the journal agrees", full(volume=""), full(authors=(), title=AT_96, volume="", pages=""), JOINED),
    ("like titles, authors missing", full(pages=""), full(authors=(), title=AT_88, pages=""), DIFFERENT),
]

YEARS: list[Row] = [
    ("years one apart are one", bare(), bare(year=2020), JOINED),
    ("years two apart are two", bare(), bare(year=2021), DIFFERENT),
    ("like titles, years one apart", bare(), bare(title=AT_88, year=2020), UNCERTAIN),
    ("like titles, years two apart", bare(), bare(title=AT_88, year=2021), DIFFERENT),
    ("another title on the same pages, years two apart", full(), full(title=AT_80, year=2021), DIFFERENT),
    ("another volume in the same year", full(pages=""), full(pages="", volume="13"), JOINED),
    ("another volume and the next year", full(pages=""), full(pages="", volume="13", year=2020), UNCERTAIN),
    (
        "another volume and the next year of another journal",
        full(pages=""),
        full(pages="", volume="13", year=2020, journal="Acta Ficta"),
        DIFFERENT,
    ),
    (
        "another volume and the next year, and the title says little",
        full(title="Invented drainage explained", pages=""),
        full(title="Invented drainage explained", pages="", volume="13", year=2020),
        DIFFERENT,
    ),
    ("versions of a Cochrane review keep journal and page", COCHRANE, replace(COCHRANE, year=2023, volume="4"), UNCERTAIN),
    ("a version with the journal alone is no version", COCHRANE, replace(COCHRANE, year=2023, pages=""), DIFFERENT),
    ("a version with another page is another review", COCHRANE, replace(COCHRANE, year=2023, pages="CD990002"), DIFFERENT),
    ("a version by nobody", COCHRANE, replace(COCHRANE, year=2023, authors=()), DIFFERENT),
    ("years apart in one volume and page", full(), full(year=2023), DIFFERENT),
]

PLACES: list[Row] = [
    (
        "the journal is abbreviated",
        full(volume="", pages="", title=AT_96, authors=()),
        full(volume="", journal="J Inv Neurol", title=TITLE),
        JOINED,
    ),
    ("nothing of the place differs", full(), full(title=AT_96, journal="", volume=""), JOINED),
    ("the page differs", full(), full(pages="203-210"), UNCERTAIN),
    ("the volume differs in one journal and year", full(), full(volume="13"), JOINED),
    (
        "the journal differs, volume and page are unknown",
        full(volume="", pages=""),
        full(volume="", pages="", journal="Acta Ficta"),
        UNCERTAIN,
    ),
    ("the journal differs, the volume agrees", full(pages=""), full(pages="", journal="Acta Ficta"), JOINED),
    ("a part of the place differs, authors missing", full(), full(authors=(), pages="203-210"), DIFFERENT),
    (
        "a part of the place differs, and the title says little",
        full(title="Invented drainage explained", pages=""),
        full(title="Invented drainage explained", journal="Acta Ficta", volume="", pages=""),
        DIFFERENT,
    ),
    ("two parts of the place differ", full(), full(volume="13", pages="203-210"), UNCERTAIN),
    ("two parts of the place differ, and the year", full(), full(journal="Acta Ficta", pages="203-210", year=2020), DIFFERENT),
    ("two parts of the place differ, authors missing", full(), full(volume="13", pages="203-210", authors=()), DIFFERENT),
    (
        "two parts of the place differ, and the title says little",
        full(title="Invented drainage explained"),
        full(title="Invented drainage explained", volume="13", pages="203-210"),
        DIFFERENT,
    ),
    ("all parts of the place differ, by the same four", full(), full(**ELSEWHERE), UNCERTAIN),
    (
        "all parts of the place differ, by the same one",
        full(authors=by("Quistgård")),
        full(authors=by("Quistgård"), **ELSEWHERE),
        DIFFERENT,
    ),
    (
        "a short title in one issue of a journal and its translation",
        full(title="Invented drainage", issue="3"),
        full(title="Invented drainage", issue="3", journal="Acta Ficta", pages="7-15"),
        UNCERTAIN,
    ),
    (
        "a short title in another journal",
        full(title="Invented drainage", issue="3"),
        full(title="Invented drainage", issue="4", journal="Acta Ficta", pages="7-15"),
        DIFFERENT,
    ),
    ("like titles, two parts of the place agree", full(pages=""), full(title=AT_88, pages=""), JOINED),
    ("like titles, one part of the place agrees", full(volume=""), full(title=AT_88, volume="", pages=""), UNCERTAIN),
    ("like titles, a part of the place differs", full(), full(title=AT_88, pages="203-210"), DIFFERENT),
]

PAGES: list[Row] = [
    ("one page, a title spelt otherwise from 80 on", full(pages="S7"), full(pages="S7", title=AT_80), JOINED),
    ("one page, a title spelt otherwise below 80", full(pages="S7"), full(pages="S7", title=BELOW_80), UNCERTAIN),
    (
        "one page and two titles by two authors are two abstracts",
        full(pages="S7"),
        full(pages="S7", title=AT_80, authors=OTHERS),
        DIFFERENT,
    ),
    ("the journal need not be named for one page", full(pages="S7"), full(pages="S7", title=AT_80, journal=""), JOINED),
    ("one page, the volume is missing", full(), full(title=AT_80, volume=""), DIFFERENT),
    ("one page, the page is missing", full(), full(title=AT_80, pages=""), DIFFERENT),
    ("one page, the year is missing", full(), full(title=AT_80, year=None), DIFFERENT),
    ("one page of another volume", full(), full(title=AT_80, volume="13"), DIFFERENT),
    ("another page of the volume", full(), full(title=AT_80, pages="203-210"), DIFFERENT),
    ("one page, a title cut short, authors missing", full(pages="S7"), full(pages="S7", title=SUBTITLED, authors=()), JOINED),
    ("one page, another title, authors missing", full(pages="S7"), full(pages="S7", title=BELOW_80, authors=()), DIFFERENT),
    ("a translation over the same several pages", full(), full(title=UNLIKE), JOINED),
    ("a translation on one single page", full(pages="101"), full(title=UNLIKE, pages="101"), UNCERTAIN),
    ("many words dropped on a range of one page", full(pages="101-101"), full(title=AT_60, pages="101-101"), UNCERTAIN),
    ("a translation on a range of one page", full(pages="101-101"), full(title=UNLIKE, pages="101-101"), UNCERTAIN),
    ("a translation that ends on another page", full(), full(title=UNLIKE, pages="101-112"), UNCERTAIN),
    ("another title by others over the same pages", full(), full(title=UNLIKE, authors=OTHERS), DIFFERENT),
    ("the same pages, authors missing, titles from 60 on", full(), full(title=AT_60, authors=()), UNCERTAIN),
    ("the same pages, authors missing, titles below 60", full(), full(title=BELOW_60, authors=()), DIFFERENT),
    (
        "one single page, authors missing, titles from 60 on",
        full(pages="101"),
        full(pages="101", title=AT_60, authors=()),
        DIFFERENT,
    ),
]

IDENTIFIERS: list[Row] = [
    (
        "one PMID, whatever else",
        full(**ONE_PMID, **ONE_DOI),
        full(title=UNLIKE, authors=OTHERS, year=1999, **ELSEWHERE, **ONE_PMID, **OTHER_DOI),
        JOINED,
    ),
    ("two PMIDs on one page", full(**ONE_PMID), full(**OTHER_PMID), UNCERTAIN),
    ("two PMIDs, one page unknown", full(**ONE_PMID), full(pages="", **OTHER_PMID), DIFFERENT),
    ("two DOIs on one page", full(**ONE_DOI), full(**OTHER_DOI), UNCERTAIN),
    ("two DOIs on one page, authors missing", full(**ONE_DOI), full(authors=(), **OTHER_DOI), UNCERTAIN),
    ("two DOIs in one volume, one page unknown", full(**ONE_DOI), full(pages="", **OTHER_DOI), UNCERTAIN),
    ("two DOIs in two issues, one page unknown", full(issue="1", **ONE_DOI), full(issue="2", pages="", **OTHER_DOI), DIFFERENT),
    ("two DOIs, volume unknown", full(**ONE_DOI), full(pages="", volume="", **OTHER_DOI), DIFFERENT),
    ("two DOIs on one page, other authors", full(**ONE_DOI), full(authors=OTHERS, **OTHER_DOI), DIFFERENT),
    ("two DOIs on one page, like titles only", full(**ONE_DOI), full(title=BELOW_96, **OTHER_DOI), DIFFERENT),
    ("one DOI is missing", full(**ONE_DOI), full(), JOINED),
    ("one DOI and title", bare(**ONE_DOI), bare(authors=OTHERS, year=1999, **ONE_DOI), JOINED),
    ("one DOI, a title is missing", full(**ONE_DOI), full(title="", **ELSEWHERE, **ONE_DOI), JOINED),
    ("one DOI but two PMIDs", full(**ONE_DOI, **ONE_PMID), full(**ONE_DOI, **OTHER_PMID), UNCERTAIN),
    (
        "one DOI and title, two parts of the place differ",
        full(**ONE_DOI),
        full(journal="Acta Ficta", volume="30", **ONE_DOI),
        JOINED,
    ),
    ("one DOI and title, all parts of the place differ", full(**ONE_DOI), full(**ELSEWHERE, **ONE_DOI), UNCERTAIN),
    ("one DOI, titles from 88 on", bare(**ONE_DOI), bare(title=AT_88, **ONE_DOI), JOINED),
    ("one DOI, titles below 88", bare(**ONE_DOI), bare(title=BELOW_88, **ONE_DOI), UNCERTAIN),
    ("one DOI, other pages, titles from 88 on", full(**ONE_DOI), full(title=AT_88, pages="203-210", **ONE_DOI), UNCERTAIN),
    ("one DOI, other pages, titles below 88", full(**ONE_DOI), full(title=BELOW_88, pages="203-210", **ONE_DOI), UNCERTAIN),
    (
        "one DOI, other pages, titles below 88, authors missing",
        full(**ONE_DOI),
        full(title=BELOW_88, authors=(), pages="203-210", **ONE_DOI),
        DIFFERENT,
    ),
    ("one DOI, one title cut", bare(**ONE_DOI), bare(title=SUBTITLED, authors=(), **ONE_DOI), JOINED),
    ("one DOI, page and author, titles from 60 on", full(**ONE_DOI), full(title=AT_60, **ONE_DOI), JOINED),
    ("one DOI, page and author, titles below 60", full(**ONE_DOI), full(title=BELOW_60, **ONE_DOI), UNCERTAIN),
    ("one DOI and page, authors missing", full(**ONE_DOI), full(title=AT_60, authors=(), **ONE_DOI), UNCERTAIN),
    ("one DOI and page, other authors", full(**ONE_DOI), full(title=AT_60, authors=OTHERS, **ONE_DOI), DIFFERENT),
    ("one DOI, pages unknown, titles from 60 on", bare(**ONE_DOI), bare(title=AT_60, **ONE_DOI), UNCERTAIN),
    ("one DOI, pages unknown, titles below 60", bare(**ONE_DOI), bare(title=BELOW_60, **ONE_DOI), DIFFERENT),
]

NOTICES: list[Row] = [
    ("an erratum is not the paper", full(), full(title=f"Erratum: {TITLE}"), FORBIDDEN),
    ("a retraction notice is not the paper", full(), full(publication_types=("Retraction Notice",)), FORBIDDEN),
    ("an expression of concern is not the paper", full(), full(publication_types=("Expression of Concern",)), FORBIDDEN),
    ("a letter with the paper's DOI is not the paper", full(**ONE_DOI), full(title=f"Letter: {TITLE}", **ONE_DOI), FORBIDDEN),
    ("an erratum is not a retraction", full(title=f"Erratum: {TITLE}"), full(title=f"Retraction: {TITLE}"), FORBIDDEN),
    ("two errata of one paper", full(title=f"Erratum: {TITLE}"), full(title=f"Erratum: {TITLE}", pages=""), UNCERTAIN),
    ("a misprinted erratum is not the paper", full(), full(title=f"Eratum: {TITLE}"), FORBIDDEN),
    ("one erratum is itself", full(title=f"Erratum: {TITLE}"), full(title=f"Erratum: {AT_96}"), JOINED),
    (
        "PubMed's own number tells that a notice is the record itself",
        full(**ONE_PMID),
        full(title=f"Retracted: {TITLE}", **ONE_PMID),
        JOINED,
    ),
    (
        "two numbers of PubMed leave a notice a notice",
        full(**ONE_PMID),
        full(title=f"Retracted: {TITLE}", **OTHER_PMID),
        FORBIDDEN,
    ),
]

REGISTERS: list[Row] = [
    ("a register entry is not its paper", ENTRY, full(registry_numbers=ENTRY.registry_numbers), FORBIDDEN),
    ("a register entry is not its paper, though they share a PMID", replace(ENTRY, **ONE_PMID), full(**ONE_PMID), FORBIDDEN),
    ("a register entry without a title is no paper either", replace(ENTRY, title=""), full(), FORBIDDEN),
    (
        "one register entry, its phase written otherwise",
        replace(ENTRY, title=f"{TITLE}: phase II"),
        replace(ENTRY, title=f"{TITLE}: phase III"),
        JOINED,
    ),
    ("one register entry under two titles", ENTRY, replace(ENTRY, title=UNLIKE), JOINED),
    ("two register entries under one title", ENTRY, replace(ENTRY, registry_numbers=("NCT99000002",)), FORBIDDEN),
    (
        "two entries that name each other",
        replace(ENTRY, registry_numbers=("NCT99000001", "ISRCTN99000001")),
        replace(ENTRY, registry_numbers=("ISRCTN99000001", "NCT99000001")),
        FORBIDDEN,
    ),
    ("a register entry without a number contradicts none", ENTRY, replace(ENTRY, registry_numbers=()), JOINED),
    (
        "two papers that name one trial",
        full(registry_numbers=ENTRY.registry_numbers),
        full(registry_numbers=ENTRY.registry_numbers, title=UNLIKE, **ELSEWHERE),
        DIFFERENT,
    ),
]

PAIRS = [*TITLES, *NUMBERS, *SIBLINGS, *AUTHORS, *YEARS, *PLACES, *PAGES, *IDENTIFIERS, *NOTICES, *REGISTERS]


def judged(a: Comparable, b: Comparable) -> str:
    found = compare(a, b)
    return FORBIDDEN if found.vetoed else found.verdict


@pytest.mark.parametrize(("first", "second", "expected"), [pytest.param(*row[1:], id=row[0]) for row in PAIRS])
def test_a_pair_is_judged_by_its_rule(first: Citation, second: Citation, expected: str) -> None:
    a, b = normalise("a:1", "a", first), normalise("b:1", "b", second)
    assert judged(a, b) == judged(b, a) == expected
    assert examine(a, b).verdict == compare(a, b).verdict


@pytest.mark.parametrize(
    ("title", "least", "beyond"),
    [
        (AT_96, 96, 97),
        (BELOW_96, 95, 96),
        (AT_88, 88, 89),
        (BELOW_88, 87, 88),
        (AT_80, 80, 81),
        (BELOW_80, 79, 80),
        (AT_60, 60, 61),
        (BELOW_60, 58, 60),
    ],
)
def test_the_titles_of_the_table_lie_close_to_the_thresholds(title: str, least: float, beyond: float) -> None:
    assert least <= examine(normalise("a:1", "a", FULL), normalise("b:1", "b", full(title=title))).likeness < beyond


@pytest.mark.parametrize(
    ("short", "long", "expected"),
    [
        ("n engl j med", "new england journal of medicine", True),
        ("jinvneurol", "journal of invented neurology", True),
        ("j of invented neurol", "journal of invented neurology", True),
        ("j neurol", "journal of invented neurology", False),
        ("invented j neurol", "journal of invented neurology", False),
        ("j inv neurosurg", "journal of invented neurology", False),
        ("c inv neurol", "journal of invented neurology", False),
        ("ji", "journal of invented neurology", False),
        ("", "journal", False),
        ("j", "", False),
    ],
)
def test_a_journal_is_abbreviated_by_beginnings_of_all_its_telling_words(short: str, long: str, expected: bool) -> None:
    assert abbreviates(short, long) is expected
