"""What an import tells to look at: each finding has invented files in which it stands and ordinary ones in which it does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import ParsedEntry
from prisma_tool.formats.registry import read
from prisma_tool.identify.files.plausibility import FILE_CHECKS, LOOKED_AT, RECORD_CHECKS, ImportFinding, Plausibility
from prisma_tool.model.record.citation import Author, Citation, Section

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "samples"
THIS_YEAR = 2026
_NOUNS = ("gowns", "masks", "gloves", "drapes", "shoes", "caps", "soap", "steam", "light", "filters", "doors", "lamps")


def ordinary(number: int) -> ParsedEntry:
    """A record without anything to look at."""
    noun = _NOUNS[number % len(_NOUNS)]
    citation = Citation(
        title=f"{noun.capitalize()} in ward {number}: {_NOUNS[number * 5 % 12]} against {_NOUNS[number * 7 % 11]} for {noun}",
        authors=(
            Author(f"Marlow{'abcdefghijkl'[number % 12]}", "A B"),
            Author("WHO Ward, Gown, Mask and Glove Group", collective=True),
        ),
        year=2000 + number % 20,
        journal=f"Journal of {_NOUNS[number % 7]}",
        pages=f"{number + 1}-{number + 9}",
        doi=f"10.1000/w{number * 37}",
        abstract=(
            Section("", f"We compared {noun} & others <5 times on {number} days. " + f"They {noun} did well. " * (number + 9)),
        ),
    )
    return ParsedEntry(citation, f"L20{number * 91 + 1000}", f"TY  - JOUR\nTI  - {noun}\nER  - \n", number * 9 + 1)


def changed(number: int, **values: Any) -> ParsedEntry:
    entry = ordinary(number)
    return ParsedEntry(replace(entry.citation, **values), entry.accession, entry.raw, entry.line)


def findings(entries: list[ParsedEntry]) -> dict[str, ImportFinding]:
    looking = Plausibility(THIS_YEAR)
    looking.take(entries)
    return {finding.name: finding for finding in looking.findings()}


def twenty(wrong: int, **values: Any) -> list[ParsedEntry]:
    """Twenty records, the first `wrong` of which have these values."""
    return [changed(number, **values) if number < wrong else ordinary(number) for number in range(20)]


def abstract(text: str) -> tuple[Section, ...]:
    return (Section("", text),)


# Name, how many of twenty records have it, what they have; and how many of which other values give no finding.
_CASES: dict[str, tuple[int, dict[str, Any], int, dict[str, Any]]] = {
    "author-lists": (2, {"authors": (Author("Ross S", "Bossis A, Guss J, Doe K"),)}, 2, {"authors": (Author("van der Berg", "A B", "Jr"),)}),
    "authors-no-names": (1, {"authors": (Author("doe@example.org"),)}, 5, {"authors": (Author("O’Neil-3rd", "A"),)}),
    "titles-no-titles": (1, {"title": "10.1000/xyz.1"}, 5, {"title": "1984 revisited"}),
    "titles-missing-words": (1, {"title": "", "extra": (("TI", "NA"),)}, 5, {"extra": (("TI", "None"),)}),
    "journals-no-journals": (1, {"journal": "2019"}, 5, {"journal": "3 Biotech"}),
    "titles-in-capitals": (10, {"title": "GOWNS IN THE WARD"}, 5, {"title": "GOWNS IN THE WARD"}),
    "pages-no-pages": (2, {"pages": "No-Specified"}, 5, {"pages": "xii-xv"}),
    "early-access-years": (1, {"year": None, "extra": (("EA", "DEC 2025"),)}, 5, {"extra": (("EA", "DEC 2025"),)}),
    "dois-no-dois": (2, {"doi": "", "extra": (("DO", "banana"),)}, 5, {"doi": "", "extra": (("DO", "NA"),)}),
    "mojibake": (1, {"title": "Ã‰tude of gowns"}, 5, {"title": "SÃO PAULO, Â E ÃO"}),
    "markup": (1, {"title": "Gowns &amp; masks"}, 5, {"title": "p<0.05 & n>3; R&D; <100"}),
    "abstracts-ellipsis": (4, {"abstract": abstract("We compared gowns …")}, 2, {"abstract": abstract("We compared gowns …")}),
    "years-impossible": (1, {"year": THIS_YEAR + 2}, 5, {"year": THIS_YEAR + 1}),
    "titles-equal": (6, {"title": "Gowns"}, 2, {"title": "Editorial"}),
    "one-author": (18, {"authors": (Author("Marlow", "A"),)}, 9, {"authors": (Author("Marlow", "A"),)}),
    "one-journal": (20, {"journal": "The Ward"}, 15, {"journal": "The Ward"}),
    "dois-equal": (4, {"doi": "10.1000/same"}, 2, {"doi": "10.1000/same"}),
    "abstracts-cut": (3, {"abstract": abstract("gown " * 299 + "gow")}, 3, {"abstract": abstract("gown " * 299 + "ow.")}),
}  # fmt: skip


@pytest.mark.parametrize("name", _CASES)
def test_a_finding_counts_the_records_that_show_it_and_gives_an_example(name: str) -> None:
    wrong, values, _, _ = _CASES[name]
    finding = findings(twenty(wrong, **values))[name]

    assert finding.n == wrong
    assert finding.sentence.startswith(f"{wrong} of {finding.of} ")
    assert finding.examples


@pytest.mark.parametrize("name", _CASES)
def test_what_ordinary_exports_have_is_no_finding(name: str) -> None:
    _, _, harmless, values = _CASES[name]

    assert name not in findings(twenty(harmless, **values))


def test_ordinary_records_give_no_finding() -> None:
    assert findings(twenty(0)) == {}


def test_titles_that_nearly_all_end_in_the_same_words_show_these() -> None:
    titles = [changed(number, title=f"{ordinary(number).citation.title} - Science Direct Ltd") for number in range(19)]
    finding = findings([*titles, ordinary(19)])["titles-end-alike"]

    assert (finding.n, finding.of, finding.examples) == (19, 20, ("- Science Direct Ltd",))
    assert "titles-end-alike" not in findings([*titles[:12], *(ordinary(number) for number in range(12, 20))])


def test_titles_that_nearly_all_begin_alike_show_the_words() -> None:
    titles = [changed(number, title=f"Full text of: {ordinary(number).citation.title}") for number in range(20)]

    assert findings(titles)["titles-begin-alike"].examples == ("Full text of:",)


def test_tags_before_the_type_are_told_from_the_entry_as_it_stood() -> None:
    entry = "DO  - 10.1000/{0}\nTY  - JOUR\nTI  - Gowns {0}\nER  - \n\n"
    parsed = read("".join(map(entry.format, (1, 2))).encode())

    assert findings(list(parsed.entries))["tags-before-type"].n == 2


def test_running_numbers_are_no_accession_numbers_but_pmids_may_be_close() -> None:
    numbered = [ParsedEntry(ordinary(n).citation, str(n + 1)) for n in range(20)]
    pmids = [ParsedEntry(replace(ordinary(n).citation, pmid=str(n + 1)), str(n + 1)) for n in range(20)]

    assert findings(numbered)["accessions-running"].examples == ("1", "2", "3")
    assert "accessions-running" not in findings(pmids)


def test_every_check_has_a_case() -> None:
    apart = {"titles-end-alike", "titles-begin-alike", "tags-before-type", "accessions-running"}

    checks = {*(check.name for check in RECORD_CHECKS), *(check.name for check in FILE_CHECKS), "years-impossible"}
    assert checks == set(_CASES) | apart


def test_a_large_file_is_judged_by_its_first_records() -> None:
    entries = [ordinary(1)] * LOOKED_AT + twenty(20, title="Ã‰tude")

    assert "mojibake" not in findings(entries)


EXPECTED_OF_SAMPLES = {
    "ris/asy_export69_mixed.txt": {"author-lists"},
    "ris/central172.ris": {"mojibake"},
    "ris/colrev_trid.ris": {"titles-equal"},
    "ris/cs_lens343.ris": {"mojibake", "markup"},
    "ris/zot_alltypes48.ris": {"pages-no-pages", "dois-no-dois", "titles-equal"},
}
"""Each was looked at and is what it says: the last two are filled with the names of their fields."""


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the real exports are not here")
def test_real_exports_give_only_findings_that_are_true() -> None:
    names = {}
    for path in sorted(SAMPLES.rglob("*.*")):
        if path.is_file() and path.name != "MANIFEST.csv":
            names[str(path.relative_to(SAMPLES))] = _findings_of(path)

    assert {name: shown for name, shown in names.items() if shown} == EXPECTED_OF_SAMPLES


def _findings_of(path: Path) -> set[str]:
    try:
        return set(findings(list(read(path.read_bytes()).entries)))
    except FormatError:
        return set()
