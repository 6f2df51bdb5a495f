"""Untouched entries put together again: every format's originals read back as they were, every format's rejects can be mended."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import xlsxwriter

from prisma_tool.formats.account.account import Parsed
from prisma_tool.formats.joining import SUFFIXES, joined, ties_of
from prisma_tool.formats.registry import FORMATS, read
from prisma_tool.identify.files.import_file import Rejected, rejects_text

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "samples"
LARGEST = 200_000
NOT_READ = {"jr_malformed.xml", "jr_corrupted.ris"}
FOLDERS = (
    "bibtex",
    "csv",
    "ctgov_classic",
    "ctgov_v2",
    "endnote_xml",
    "enw",
    "nbib",
    "ovid_tagged",
    "pubmed_xml",
    "ris",
    "wos_ciw",
)


def again(data: bytes, parsed: Parsed) -> Parsed:
    ties = ties_of(parsed.format, data, parsed.header)
    return read("".join(joined(parsed.format, [entry.raw for entry in parsed.entries], ties)).encode())


def content(parsed: Parsed) -> list[tuple[object, str]]:
    return [(entry.citation, entry.accession) for entry in parsed.entries]


def test_every_format_that_is_read_has_a_suffix_for_its_originals() -> None:
    assert set(SUFFIXES) == set(FORMATS)


@pytest.mark.parametrize("folder", FOLDERS)
def test_originals_of_real_files_read_back_as_the_same_records(folder: str) -> None:
    if not SAMPLES.is_dir():
        pytest.skip("the shared sample files are not here")
    read_back = 0
    for path in sorted((SAMPLES / folder).iterdir()):
        data = path.read_bytes()
        if len(data) > LARGEST or path.name in NOT_READ:
            continue
        parsed = read(data)
        if parsed.entries:
            back = again(data, parsed)
            assert (back.format, content(back), back.rejects) == (parsed.format, content(parsed), ()), path.name
            read_back += len(back.entries)
    assert read_back


def workbook(*rows: tuple[str | int, ...]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()


STUDY = "<clinical_study><id_info><nct_id>{}</nct_id></id_info><{}>A</{}></clinical_study>\n"
TRIALS = (
    "<Trials_downloaded_from_ICTRP><Trial><TrialID>ISRCTN12345678</TrialID></Trial><Trial><Phase/></Trial>{}"
    "</Trials_downloaded_from_ICTRP>"
)
CLASSIC = {"Study": {"ProtocolSection": {"IdentificationModule": {"NCTId": "NCT00000001", "BriefTitle": "One"}}}}
LESS = {"Study": {"ProtocolSection": {"IdentificationModule": {"NCTId": "unknown", "BriefTitle": "Two"}}}}
MADE: dict[str, str | bytes] = {
    "ictrp-xml": "<Trials_downloaded_from_ICTRP><Trial><TrialID>ISRCTN12345678</TrialID><Public_title>A &amp; B</Public_title></Trial>"
    "<Trial><TrialID>EUCTR2015-001234-12</TrialID><Public_title>C</Public_title></Trial></Trials_downloaded_from_ICTRP>",
    "ctgov-xml": STUDY.format("NCT00000001", "brief_title", "brief_title") + STUDY.format("NCT00000002", "acronym", "acronym"),
    "jsonl": '{"citation": {"title": "One"}}\n{"accession": "X2", "citation": {"title": "Two"}}\n',
    "bibtex": '@string{j = "Journal of\n J"}\n% a remark\n@article{a, title = {One}, journal = j}\n@article{b, title = {Two}}\n',
    "csv": 'sep=;\nTitle;Note\n"=One; ""1""";x\nTwo;"two\nlines"\n',
    "xlsx": workbook(("Title", "Year", "Colour"), ("One, two", 2020, "red"), ("Three", 2021, "a\nb")),
}


@pytest.mark.parametrize("name", MADE)
def test_originals_of_made_files_read_back_as_the_same_records(name: str) -> None:
    made = MADE[name]
    data = made if isinstance(made, bytes) else made.encode()
    parsed = read(data)
    back = again(data, parsed)
    assert (parsed.format, content(back), len(back.entries)) == (name, content(parsed), 2)


REJECTED: dict[str, tuple[str | bytes, str, str]] = {
    "ictrp-xml": (
        TRIALS.format("<Trial><TrialID>ISRCTN1</TrialID><Public_title>B</Trial>"),
        "<Public_title>B<",
        "<Public_title>B</Public_title><",
    ),
    "ctgov-xml": (
        STUDY.format("NCT00000001", "brief_title", "brief_title")
        + STUDY.format("", "x", "x")
        + STUDY.format("", "brief_title", "b"),
        "</b>",
        "</brief_title>",
    ),
    "ctgov-json": (json.dumps({"FullStudiesResponse": {"FullStudies": [CLASSIC, LESS, {"Study": 7}]}}), "unknown", "NCT00000002"),
    "medline": (
        "PMID- 1\nTI  - One\n\nPMID-\nSTAT- x\n\nSTAT- MEDLINE\nTI  - Lost its first line\n",
        "STAT- MEDLINE\nTI  - Lost",
        "PMID- 3\nTI  - Lost",
    ),
    "endnote-tagged": ("%0 Journal Article\n%T One\n\n%0 Journal Article\n%K only\n\n%0 Book\n%K words\n", "%K only", "%T Two"),
    "wos-tagged": (
        "FN Clarivate\nVR 1.0\nPT J\nTI One\nER\n\nTI Lost its first line\nPY 2020\nER\n\nPT J\nLA English\nER\n\nEF\n",
        "TI Lost",
        "PT J\nTI Lost",
    ),
    "ovid-tagged": ("<1>\nTI  - One\n\n<2>\nKW  - only\n\n<3>\nKW  - words\n", "KW  - only", "TI  - Two"),
    "xlsx": (workbook(("Title", "Colour"), ("One", ""), ("", "red,\ndark"), ("", "blue")), ',"red', 'Two,"red'),
}


@pytest.mark.parametrize("name", REJECTED)
def test_rejects_need_no_more_than_mending(name: str) -> None:
    made, wrong, right = REJECTED[name]
    data = made if isinstance(made, bytes) else made.encode()
    parsed = read(data)
    assert (parsed.format, len(parsed.entries), len(parsed.rejects)) == (name, 1, 2)
    written = rejects_text(Rejected(parsed.format, parsed.rejects, parsed.header), data)
    assert wrong in written
    mended = read(written.replace(wrong, right).encode())
    assert (mended.format, len(mended.entries), len(mended.rejects)) == ("csv" if name == "xlsx" else name, 1, 1)


@pytest.mark.parametrize("title", ["=1+1", "'=1+1", "''=1+1", "＝1", "'plain", "-5 °C"])
def test_rows_of_tables_and_workbooks_come_back_defused_and_mean_the_same(title: str) -> None:
    table = f"title,year\n{title},2020\n".encode()
    for data in (table, workbook(("title", "year"), (f"\N{ZERO WIDTH NO-BREAK SPACE}{title}", "2020"))):
        parsed = read(data)
        text = "".join(
            joined(parsed.format, [entry.raw for entry in parsed.entries], ties_of(parsed.format, data, parsed.header))
        )
        assert text.splitlines()[1][0] not in "=-＝"
        assert content(read(text.encode())) == content(parsed)
        assert text == "".join(joined("csv", [entry.raw for entry in read(text.encode()).entries], ("title", "year"))), (
            "once only"
        )
