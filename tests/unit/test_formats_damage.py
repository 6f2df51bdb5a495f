"""Damaged files: whatever happens to a valid export, it is refused with a sentence or every entry is accounted for."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import Parsed
from prisma_tool.formats.registry import FORMATS, read

RIS = """Provider: Somebody

TY  - JOUR
AN  - CN-02294877
TI  - A trial of “one” thing
AU  - Müller, Anna
PY  - 2019
AB  - First line
second line
DO  - 10.1000/one
ER  -\x20

TY  - CONF
T1  - Another trial
A1  - Smith, J
KW  - a
ER  -\x20
"""
MEDLINE = """PMID- 30776994
OWN - NLM
STAT- MEDLINE
DP  - 2019 Mar
TI  - Impact of one thing on
      another.
FAU - Smith, John A Jr
SI  - ClinicalTrials.gov/NCT02239640
AID - 10.1161/STROKEAHA.118.021126 [doi]

PMID- 28754806
OWN - NLM
TI  - A second report.
"""
TABLE = """key,title,authors,year,doi,abstract
pubmed:1,"A trial, again","Müller, Anna; Smith, J",2019,10.1000/one,"Two
lines"
pubmed:2,Another,"Smith, J",2020,,
"""
XML = (
    "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>A<sub>1</sub></ArticleTitle>\n"
    "</Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
)
JSON = '{"studies":[{"protocolSection":{"identificationModule":{"nctId":"NCT01234567","briefTitle":"A"}}}],"nextPageToken":"x"}'
ENW = """%0 Journal Article
%T A trial of one thing
%A Müller, Anna
%D 2019
%R 10.1000/one
%X First line
second line

%0 Thesis
%T Another trial
%A Smith, J
"""
CIW = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Smith, J
   Müller, A
AF Smith, John
   Müller, Anna
TI A trial of one
   thing
PY 2019
UT WOS:000123456700001
ER

PT B
AU Jones, K
TI Another trial
ER

EF
"""
OVID = """<1>
VN  - Ovid Technologies
AN  - 12345678
TI  - A trial of one thing
AU  - Smith J
AU  - Müller A
SO  - Journal of Trials. 8(6):1048-1064, 2019.

<2>
Accession Number
  L2012345
Title
  Another trial
Author
  Jones, K
"""
WHOLE = (RIS, MEDLINE, TABLE, XML, JSON, ENW, CIW, OVID)


def _balanced(data: bytes, name: str | None = None) -> Parsed | None:
    try:
        parsed = read(data, format=name)
    except FormatError:
        return None
    assert parsed.declared == len(parsed.entries) + len(parsed.rejects)
    return parsed


@settings(max_examples=100)
@given(st.sampled_from(WHOLE), st.integers(0, 500), st.integers(0, 500))
def test_a_cut_file_is_refused_or_accounted_for(text: str, begin: int, end: int) -> None:
    data = text.encode()
    _balanced(data[begin : len(data) - end])


@settings(max_examples=100)
@given(st.sampled_from(WHOLE), st.sets(st.integers(0, 20)), st.randoms(use_true_random=False), st.booleans())
def test_dropped_and_shuffled_lines_are_refused_or_accounted_for(
    text: str, dropped: set[int], chance: random.Random, mix: bool
) -> None:
    rows = [row for number, row in enumerate(text.split("\n")) if number not in dropped]
    if mix:
        chance.shuffle(rows)
    _balanced("\n".join(rows).encode())


@settings(max_examples=100)
@given(st.sampled_from(WHOLE), st.binary(max_size=12), st.integers(0, 400))
def test_junk_bytes_are_refused_or_accounted_for(text: str, junk: bytes, place: int) -> None:
    data = text.encode()
    _balanced(data[:place] + junk + data[place:])


@settings(max_examples=100)
@given(st.binary(max_size=300), st.sampled_from(FORMATS))
@example(b'"', "csv")
@example(b"[" * 100_000, "ctgov-json")
@example(b"<PubmedArticleSet>" + b"<i>" * 50_000, "pubmed-xml")
def test_any_bytes_under_any_format_are_refused_or_accounted_for(data: bytes, name: str) -> None:
    _balanced(data, name)


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("text", [RIS, MEDLINE, TABLE, ENW, CIW, OVID])
def test_encoding_and_line_ends_do_not_change_what_is_read(text: str, encoding: str, newline: str) -> None:
    plain = read(text.encode())
    changed = read(text.replace("\n", newline).encode(encoding))
    assert changed.entries == plain.entries
    assert len(plain.entries) == 2


def test_an_entry_without_its_end_line_stays_apart() -> None:
    parsed = read(RIS.replace("ER  - \n", "").encode())
    assert [entry.citation.title for entry in parsed.entries] == ["A trial of “one” thing", "Another trial"]


def test_an_entry_that_lost_its_first_line_is_a_reject_with_its_line() -> None:
    ris = read(RIS.replace("TY  - CONF\n", "").encode())
    assert [(one.line, "TY" in one.reason) for one in ris.rejects] == [(13, True)]
    medline = read(MEDLINE.replace("PMID- 28754806\n", "").encode())
    assert [(one.line, "PMID" in one.reason) for one in medline.rejects] == [(11, True)]
    assert "A second report." in medline.rejects[0].raw


def test_an_empty_line_inside_a_medline_entry_does_not_split_it() -> None:
    parsed = read(MEDLINE.replace("FAU -", "\nFAU -").encode())
    assert [str(entry.citation.authors[0]) for entry in parsed.entries[:1]] == ["Smith, John A, Jr"]
    assert parsed.declared == 2


def test_text_before_the_first_medline_entry_that_only_begins_like_one_is_no_entry() -> None:
    parsed = read(b"PMID 1 and others\nTI  - Lost\n\nPMID- 2\nTI  - Kept\n")
    assert [entry.accession for entry in parsed.entries] == ["2"]
    assert [one.line for one in parsed.rejects] == [2]


def test_a_missing_quotation_mark_in_a_table_is_reported() -> None:
    text = "title,authors,year,doi\n" + '"One,,2019,\n' + "".join(f"Title {n},,2020,\n" for n in range(3))
    assert any("3 lines inside one cell" in warning for warning in read(text.encode()).warnings)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04", "ZIP"),
        (b"\x00\x00\x01" * 50, "binary"),
        (b" \n", "empty"),
    ],
)
def test_what_is_no_citation_file_is_named(data: bytes, word: str) -> None:
    with pytest.raises(FormatError, match=word):
        read(data)


def test_lost_characters_are_reported_and_the_rest_is_read_as_it_stood() -> None:
    cut = read("TY  - JOUR\nTI  - Müller\nAB  - é".encode()[:-1])
    assert (cut.encoding, cut.entries[0].citation.title, len(cut.warnings)) == ("utf-8", "Müller", 1)
    western = read(b"TY  - JOUR\nTI  - M\xfcller \x81\n")
    assert (western.encoding, western.entries[0].citation.title) == ("cp1252", "Müller \ufffd")
    assert "cp1252" in western.warnings[0]


def test_control_characters_are_removed_with_a_warning_and_line_separators_do_not_split() -> None:
    parsed = read("TY  - JOUR\nTI  - A\x1b[2J\u2028TY  - B\n".encode())
    assert [entry.citation.title for entry in parsed.entries] == ["A TY - B"]
    assert "control characters" in parsed.warnings[0]


def test_a_line_that_only_looks_like_an_endnote_tag_does_not_part_entries() -> None:
    text = "%0 Journal Article\n%T One\n\n%N 3\n\n%0%0 Journal Article\n%T Two\n"
    parsed = read(text.encode(), format="endnote-tagged")
    assert [entry.citation.title for entry in parsed.entries] == ["One", "Two"]
