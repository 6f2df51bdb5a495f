"""How exporters bend the tagged formats: each case is an invented file with one habit of a real program."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import Parsed, ParsedEntry
from prisma_tool.formats.registry import open_entries, read
from prisma_tool.formats.text.author_lists import read_authors
from prisma_tool.formats.text.author_names import read_author, write_author
from prisma_tool.formats.text.html_text import guarded, readable_text, unmarked
from prisma_tool.formats.text.page_ranges import joined_pages, normal_pages
from prisma_tool.model.record.citation import Author, Citation
from prisma_tool.model.text import clean


def _titles(text: str | bytes) -> list[str]:
    parsed = read(text if isinstance(text, bytes) else text.encode())
    return [entry.citation.title for entry in parsed.entries]


def _ris(*rows: str) -> ParsedEntry:
    return read("\n".join(("TY  - JOUR", "TI  - T", *rows, "ER  - ")).encode(), format="ris").entries[0]


def _cited(*rows: str) -> Citation:
    return _ris(*rows).citation


@pytest.mark.parametrize(
    "text",
    [
        "TY  - JOUR\nTI  - One\nER  -\nTY  - JOUR\nTI  - Two\nER  -",
        "TY  - JOUR\nTI  - One\n\nTY  - JOUR\nTI  - Two\n",
        "TY - JOUR\nTI - One\nER -\n\nTY - JOUR\nTI - Two\nER -\n",
        "TY-JOUR\nTI- One\nER-\n\nTY-JOUR\nTI- Two\nER-\n",
        "TY  -JOUR\nTI  -One\nER  -\n\nTY  -JOUR\nTI  -Two\nER  -\n",
        "ty  - jour\nti  - One\ner  - \n\nty  - jour\nti  - Two\ner  - \n",
        "TY – JOUR\nTI – One\nER – \n\nTY – JOUR\nTI – Two\nER – \n",
        "      TY  - JOUR\n      TI  - One\n      ER  - \n\n      TY  - JOUR\n      TI  - Two\n      ER  - \n",
        "> TY  - JOUR\n> TI  - One\n> ER  - \n> TY  - JOUR\n> TI  - Two\n> ER  - \n",
        "\tTY  - JOUR\n\tTI  - One\n\tER  - \n\tTY  - JOUR\n\tTI  - Two\n\tER  - \n",
        "Provider: JSTOR\nContent: text/plain\n\nTY  - JOUR\nTI  - One\nER  - \n\nTY  - JOUR\nTI  - Two\nER  - \n\nEnd of file\n",
        "1. \nTY  - JOUR\nTI  - One\nER  - \n\n2. \nTY  - JOUR\nTI  - Two\nER  - \nLink to the Ovid Full Text\n",
        "TY  - JOUR\r\nTI  - One\rER  - \n\rTY  - JOUR\r\r\nTI  - Two\r\n",
        "ï»¿TY  - JOUR\nTI  - One\n\nTY  - JOUR\nTI  - Two\n",
        "<html><body><pre>\nTY  - JOUR\nTI  - One\nER  - \nTY  - JOUR\nTI  - Two\nER  - \n</pre></body></html>",
    ],
)
def test_two_entries_are_two_however_they_are_written(text: str) -> None:
    parsed = read(text.encode(), format="ris")
    assert [entry.citation.title for entry in parsed.entries] == ["One", "Two"]
    assert not parsed.rejects


def test_running_text_that_looks_like_a_tag_stays_text() -> None:
    entry = _ris(
        "AB  - We tested", "TY-52156, an antagonist,", "NF - kappa B", "ER - negative cancer", "ty - fication", "to the end"
    )
    assert entry.citation.abstract_text.split("\n")[1:] == [
        "TY-52156, an antagonist,",
        "NF - kappa B",
        "ER - negative cancer",
        "ty - fication",
        "to the end",
    ]


def test_an_empty_line_inside_an_entry_parts_nothing() -> None:
    entry = read(b"TY  - JOUR\nTI  - One\n\nAB  - First\n\nSecond\n\nPY  - 2019\nER  - \n").entries[0]
    assert (entry.citation.abstract_text, entry.citation.year) == ("First\nSecond", 2019)


def test_each_entry_that_lost_its_first_line_is_a_reject_of_its_own() -> None:
    parsed = read(b"TY  - JOUR\nTI  - One\nER  - \n\nTI  - Two\nER  - \n\nAU  - Smith, J\nTI  - Three\nER  - \n")
    assert [(one.line, "TY" in one.reason) for one in parsed.rejects] == [(5, True), (8, True)]
    assert "Three" in parsed.rejects[1].raw


def test_an_escape_sequence_that_never_ends_costs_no_other_entry() -> None:
    assert _titles("TY  - JOUR\nTI  - A\x1b]0;x\nER  - \nTY  - JOUR\nTI  - B\nER  - \n") == ["A0;x", "B"]


def test_stray_western_bytes_in_a_utf8_file_are_read_as_such_and_told() -> None:
    parsed = read("TY  - JOUR\nTI  - Müller β\nER  - \n".encode() + b"TY  - JOUR\nTI  - M\xfcller\nER  - \n")
    assert [entry.citation.title for entry in parsed.entries] == ["Müller β", "Müller"]
    assert (parsed.encoding, "1 bytes were not UTF-8" in parsed.warnings[0]) == ("utf-8", True)


def test_utf16_without_a_mark_is_known_in_any_script() -> None:
    text = "TY  - JOUR\nTI  - 参考文献管理工具研究参考文献管理工具研究\nAU  - 余敏\nER  - \n"
    assert _titles(text.encode("utf-16-le")) == _titles(text.encode("utf-16-be")) == ["参考文献管理工具研究参考文献管理工具研究"]


def test_web_pages_and_login_forms_are_refused() -> None:
    with pytest.raises(FormatError, match="a web page"):
        read(b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in</body></html>")


@pytest.mark.parametrize(
    ("rows", "year", "published"),
    [
        (("PY  - 2019///",), 2019, "2019"),
        (("PY  - 2019/05/01/Spring",), 2019, "2019/05/01/Spring"),
        (("Y1  - 2019/05//",), 2019, "2019/05"),
        (("PY  - 2019", "DA  - AUG"), 2019, "2019 AUG"),
        (("DA  - 20190501",), 2019, "20190501"),
        (("PY  - c2019a",), 2019, "c2019a"),
        (("PY  - in press",), None, "in press"),
    ],
)
def test_dates_give_the_year_they_print(rows: tuple[str, ...], year: int | None, published: str) -> None:
    citation = _cited(*rows)
    assert (citation.year, citation.published) == (year, published)


@pytest.mark.parametrize(
    ("first", "last", "pages"),
    [
        ("1234", "1239", "1234-1239"),
        ("1234", "9", "1234-9"),
        ("1234–1239", "", "1234-1239"),
        ("1234-1239", "1239", "1234-1239"),
        ("12-May", "", "5-12"),
        ("May-12", "", "5-12"),
        ("2024-05-12 00:00:00", "", "5-12"),
        ("Jan-98", "", "1-98"),
        ("pp. 5 - 12", "", "5-12"),
        ("e100123", "e100123", "e100123"),
        ("", "12", "12"),
    ],
)
def test_pages_are_one_range_also_where_a_spreadsheet_made_them_dates(first: str, last: str, pages: str) -> None:
    assert joined_pages(first, last) == pages
    assert normal_pages(pages) == pages


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (["Smith, J.; Jones, K."], ["Smith, J.", "Jones, K."]),
        (["Smith, J", "Jones, K, et al."], ["Smith, J", "Jones, K"]),
        (["Smith, J", "et al"], ["Smith, J"]),
        (["van der Berg, A", "De Luca, M"], ["van der Berg, A", "De Luca, M"]),
        (["Smith, J., Jr.", "Smith, Jr., John", "Smith Jr, John"], ["Smith, J., Jr.", "Smith, John, Jr.", "Smith, John, Jr"]),
        (["Eltoum I.A.", "Smith JA Jr"], ["Eltoum, I.A.", "Smith, JA, Jr"]),
        (
            ["WHO Solidarity Trial Consortium", "SPRINT Study Group II"],
            ["WHO Solidarity Trial Consortium", "SPRINT Study Group II"],
        ),
    ],
)
def test_names_are_people_and_groups(values: list[str], names: list[str]) -> None:
    authors = read_authors(values)
    assert [str(author) for author in authors] == names
    assert [str(read_author(write_author(author))) for author in authors] == names
    assert [author.collective for author in authors] == ["Consortium" in name or "Group" in name for name in names]


@pytest.mark.parametrize(
    ("author", "written"),
    [
        (Author("Lund", "K. E."), "Lund, K. E."),
        (Author("Lund", "Inc."), "Lund, Inc."),
        (Author("Lund, Inc.", collective=True), "Lund, Inc.,"),
        (Author("van Lund", "K"), "van Lund, K"),
        (Author("Öberg", "K"), "Öberg, K"),
        (Author("Lund", "K  E"), "Lund, K  E,"),
        (Author("Lund", "K", "Jr"), "Lund, K, Jr"),
        (Author("Lund K"), "Lund K,"),
    ],
)
def test_a_name_that_would_not_be_read_as_it_stands_ends_in_a_comma(author: Author, written: str) -> None:
    assert write_author(author) == written


def test_html_in_words_is_read_and_other_signs_stay() -> None:
    citation = _cited(
        "AB  - p&lt;0.05, a<b and c>d in <i>B. subtilis</i>; CO<sub>2</sub> &amp;amp; R&D", "JO  - Heart &amp; Lung"
    )
    assert citation.abstract_text == "p<0.05, a<b and c>d in B. subtilis; CO₂ & R&D"
    assert citation.journal == "Heart & Lung"
    assert readable_text("<script>x</script>") == "<script>x</script>"


@settings(max_examples=200)
@given(st.text("&ampltgbi;/<>#x3 \x1bé", max_size=30).map(clean))
def test_what_is_guarded_is_read_as_it_was(text: str) -> None:
    assert unmarked(guarded(text)) == text


def test_several_dois_in_a_field_are_kept_and_the_first_counts() -> None:
    citation = _cited("DO  - 10.1000/a; https://doi.org/10.1000/B")
    assert (citation.doi, ("DO", "10.1000/b") in citation.extra) == ("10.1000/a", True)


@pytest.mark.parametrize(
    ("rows", "pmid"),
    [
        (("U1  - 32011453[pmid]",), "32011453"),
        (("AN  - MEDLINE:16842170",), "16842170"),
        (("C3  - PUBMED 34531250,EMBASE 615000000",), "34531250"),
        (("N1  - Searched in Medline 2019",), ""),
        (("C5  - 15368318",), "15368318"),
    ],
)
def test_pmids_are_found_where_each_platform_puts_them(rows: tuple[str, ...], pmid: str) -> None:
    assert _cited(*rows).pmid == pmid


def test_a_register_entry_of_central_is_one_and_keeps_its_number() -> None:
    citation = _cited("AN  - CN-01234567", "M3  - Trial registry record", "JO  - https://clinicaltrials.gov/show/NCT01234567")
    assert (citation.is_register_entry, citation.nct, citation.journal) == (True, "NCT01234567", "")


def test_endnote_entries_are_parted_by_type_and_else_by_empty_lines() -> None:
    assert _titles("%0 Journal Article\n%T One\n\n%A Smith, J\n\n%0 Book\n%T Two\n%0 Book\n%T Three\n") == ["One", "Two", "Three"]
    assert _titles("%T One\n%0 Book\n\n%T Two\n%A X\n") == ["One", "Two"]
    assert _titles("%T One\n%D 1891\n\n%T Two\n") == ["One", "Two"]


def test_endnote_tags_fill_the_same_fields_as_ris() -> None:
    entry = read(
        b"%0 Journal Article\n%A Smith, J\n%A WHO Group,\n%T One\n%J Lancet\n%V 1\n%N 2\n%P 3-9\n%D 2019\n%@ 0140-6736\n"
        b"%R doi:10.1000/X\n%M CN-01\n%K a\nb\n%X First\nsecond\n%U https://x.org\n%F label\n%3 odd\n"
    ).entries[0]
    one = entry.citation
    assert (one.journal, one.volume, one.issue, one.pages, one.year, one.issn) == (
        "Lancet",
        "1",
        "2",
        "3-9",
        2019,
        ("0140-6736",),
    )
    assert (one.doi, one.keywords, one.abstract_text, one.urls) == ("10.1000/x", ("a", "b"), "First\nsecond", ("https://x.org",))
    assert (entry.accession, [author.collective for author in one.authors]) == ("CN-01", [False, True])
    assert ("3", "odd") in one.extra


def test_web_of_science_gives_full_names_joined_lines_and_its_own_number() -> None:
    text = (
        "FN Clarivate\nVR 1.0\nPT J\nAU Smith, J\n   de Vries, A\nAF Smith, John\n   de Vries, Anna\nCA SPRINT Res Grp\n"
        "TI A wrapped\n   title\nSO LANCET\nJI Lancet\nDE a b; c\n   d\nPD MAY\nPY 2019\nBP 3\nEP 9\nPM 7654321\nAN X1\nUT WOS:1\nER\n"
        "PT J\nTI Without an end\nEF\n"
    )
    parsed = read(text.encode())
    entry, other = parsed.entries
    one = entry.citation
    assert [str(author) for author in one.authors] == ["Smith, John", "de Vries, Anna", "SPRINT Res Grp"]
    assert (one.title, one.keywords, one.published, one.pages) == ("A wrapped title", ("a b", "c d"), "2019 MAY", "3-9")
    assert (entry.accession, one.pmid, other.citation.title) == ("WOS:1", "7654321", "Without an end")


def test_a_web_of_science_entry_without_its_first_line_is_a_reject() -> None:
    parsed = read(b"FN ISI\nPT J\nTI One\nER\n\nAU X, Y\nTI Two\nER\n\nPT J\nTI Three\nER\nEF\n")
    assert [entry.citation.title for entry in parsed.entries] == ["One", "Three"]
    assert [one.line for one in parsed.rejects] == [6]


def test_ovid_fields_are_read_by_tag_and_by_name() -> None:
    short = " <1. >\n VN  - Ovid\n AN  - Peer Reviewed Journal: 2015-33942-012.\n TI  - One\n AU  - Kobori, Osamu [Ed]\n"
    long = "<2>\nAccession Number\n  L2012345\nTitle\n  Two\nAuthor\n  Kohler, Lars 1;  Hauck, Markus 1\nUnknown Field\n  odd\n"
    source = " SO  - Psychotherapy. Vol.43(5), Sep 2015, pp. 623-634.\n"
    first, second = read((short + source + long).encode()).entries
    one = first.citation
    assert (first.accession, one.journal, one.volume, one.issue, one.pages, one.year) == (
        "2015-33942-012",
        "Psychotherapy",
        "43",
        "5",
        "623-634",
        2015,
    )
    assert [str(author) for author in (*one.authors, *second.citation.authors)] == [
        "Kobori, Osamu",
        "Kohler, Lars",
        "Hauck, Markus",
    ]
    assert (second.accession, ("Unknown Field", "odd") in second.citation.extra) == ("L2012345", True)


def test_embase_text_with_capital_names_is_read() -> None:
    text = "RECORD 1\nTITLE\nOne\nAUTHOR NAMES\nSmith J.; Jones K.\nPUI\nL2012345\nMEDLINE PMID\n7654321\nRECORD 2\nTITLE\nTwo\n"
    parsed = read(text.encode())
    assert [(entry.citation.title, entry.accession) for entry in parsed.entries] == [("One", "L2012345"), ("Two", "")]
    assert parsed.entries[0].citation.pmid == "7654321"


def test_medline_of_ovid_begins_with_its_own_number() -> None:
    parsed = read(b"UI  - 20421346\nTI  - One thing and\n      another\nAU  - Smith JA\n\nUI  - 20421347\nTI  - Two\n")
    assert [(entry.accession, entry.citation.title) for entry in parsed.entries] == [
        ("20421346", "One thing and another"),
        ("20421347", "Two"),
    ]


def test_reading_entry_by_entry_gives_what_reading_whole_gives() -> None:
    data = b"".join(b"TY  - JOUR\nTI  - Title %d\nER  - \nTI  - lost\nER  - \n" % number for number in range(8_000))
    account = open_entries(data)
    first = next(account.entries)
    assert (first.citation.title, account.parsed < 8_000) == ("Title 0", True)
    rest = sum(1 for _ in account.entries)
    whole: Parsed = read(data)
    assert (1 + rest, account.declared, len(account.rejects)) == (len(whole.entries), whole.declared, len(whole.rejects))
    assert [one.line for one in whole.rejects[:2]] == [4, 9]
