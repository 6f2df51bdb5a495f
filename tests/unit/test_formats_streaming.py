"""Files that are read part by part: where the parts are cut changes nothing of what is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prisma_tool.errors import EncodingInDoubt, FormatError
from prisma_tool.formats.account.account import Parsed
from prisma_tool.formats.registry import open_entries, read
from prisma_tool.formats.text import byte_source
from prisma_tool.formats.text.encodings.given_encoding import as_utf8
from prisma_tool.plain_files import PlainFile

ENTRIES = (
    "TY  - JOUR\nAN  - L1\nTI  - Ménière’s “one”\nAU  - Müller, A\nAB  - First\nTY: no entry\nDO  - 10.1000/one\nER  - \n\n"
    "TY  - CONF\nT1  - Zweiter Bericht über Blöcke\nER  - \n\nTY  - JOUR\nER  - \n"
)
BEFORE_TYPE = "DO  - 10.1000/a\nTY  - JOUR\nTI  - One\nER  - \nDO  - 10.1000/b\nTY  - JOUR\nTI  - Two\nER  - \n"
MEDLINE = "PMID- 1\nOWN - NLM\nTI  - One thing on\n      another.\nFAU - Smith, J\n\nPMID- 2\nTI  - Größe\n\nOWN - NOTNLM\nTI  - Three\n"
PUBMED = "<?xml version='1.0'?><PubmedArticleSet>{}</PubmedArticleSet>".format(
    "".join(
        f"<PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article><ArticleTitle>Größe <i>{pmid}</i> &lt; 2\n</ArticleTitle>"
        "</Article></MedlineCitation></PubmedArticle>"
        for pmid in ("11", "x", "13")
    )
)
ENDNOTE = "<xml><records>{}</records></xml>".format(
    "".join(f"<record><titles><title>{title}</title></titles></record>" for title in ("Größe", "A & B", "Three", ""))
)
TABLE = 'sep=;\ntitle;year;abstract\nGröße;2020;"two\nlines"\n;;\nOnly a title\nThree;2021;"a; b"\n'
LINES = '{"citation": {"title": "Größe"}}\n\nno JSON\n{"citation": {"title": "Two"}}'
OVID = "<1>\nDB  - Embase\nAN  - 7\nTI  - Größe\n\n<2>\nAN  - 8\nTI  - Two\n"
TEXTS = {
    "ris": ENTRIES,
    "ris, tags before TY": BEFORE_TYPE,
    "medline": MEDLINE,
    "pubmed-xml": PUBMED,
    "endnote-xml": ENDNOTE,
    "csv": TABLE,
    "jsonl": LINES,
    "ovid-tagged": OVID,
    "bibtex": "@article{a, title = {One}, journal = j}\n@string{j = {Größe}}\n@article{b, titel = {Two}}\n",
    "bibtex, one line": "@book{o, title={Old}}@comment{@misc{q, title = {Größe}} x}@misc{a, title = {One}, crossref={p}}@book{p, title={All},year=2020}",
    "csl-json": '[{"type": "book", "title": "Größe \\u00e9", "note": "a\nb"}, "text", {"type": "book", "title": "Two"}, {}]\n',
    "csl-json, items": '{"a": [1, {"b": 2.5}], "items": [{"type": "book", "title": "Größe"}], "c": null}',
    "ctgov-json": (
        '{"totalCount": 12, "studies": [{"protocolSection": {"identificationModule": {"nctId": "NCT01234567", "briefTitle": "Größe"}}},'
        ' {"protocolSection": {}}], "nextPageToken": "x"}'
    ),
    "endnote-tagged": "%0 Journal Article\n%T Größe\n\n%D 2020\n\n%0 Book\n%T Two\n",
    "wos-tagged": "FN Clarivate\nVR 1.0\nPT J\nAU Müller, A\n   Smith, J\nTI Größe\nUT WOS:1\nER\n\nTI Lost\nER\n\nPT J\nTI Two\nER\n\nEF\n",
    "refworks-tagged": "RT Journal Article\nA1 Müller, A\nT1 Größe\nYR 2020\n\nRT Journal Article\nT1 Two\n",
    "noteexpress": (
        "{Reference Type}: Journal Article\n{Title}: Größe\n{Author}: Müller, A\n{Year}: 2020\n\n"
        "{Reference Type}: Journal Article\n{Title}: Two\n"
    ),
}
SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "samples"
SMALL = (
    "wos_ciw/syn_wos4.txt",
    "ovid_tagged/jr_ovid1.txt",
    "enw/zot_cjk.enw",
    "pubmed_xml/zot_book.xml",
    "pubmed_xml/bp_pubmed1.xml",
    "bibtex/jr_utf16be.bib",
    "bibtex/jr_cp1252.bib",
)


def require_same_in_parts(data: bytes, size: int) -> None:
    whole = outcome(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(byte_source, "BLOCK", size)
        assert outcome(data) == whole


def outcome(data: bytes) -> Parsed | str:
    """What is read, or why a person has to be asked: few letters leave an encoding in doubt."""
    try:
        return read(data)
    except EncodingInDoubt as doubt:
        return doubt.message


@pytest.mark.parametrize("name", TEXTS)
@settings(max_examples=12)
@given(
    size=st.integers(1, 120),
    encoding=st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "cp1252")),
    line_end=st.sampled_from(("\n", "\r\n", "\r")),
)
def test_any_size_of_parts_gives_the_same_account(name: str, size: int, encoding: str, line_end: str) -> None:
    text = TEXTS[name].replace("\n", line_end)
    if name.endswith("xml") and encoding == "cp1252":
        text = text.encode("ascii", "xmlcharrefreplace").decode()
    require_same_in_parts(text.encode(encoding), size)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the collection of sample exports is not on this computer")
@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("size", [7, 64, 1_001])
def test_real_exports_read_the_same_in_parts(name: str, size: int) -> None:
    require_same_in_parts((SAMPLES / name).read_bytes(), size)


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_on_the_disk_reads_as_its_bytes(tmp_path: Path, name: str) -> None:
    data = TEXTS[name].encode()
    (tmp_path / "file").write_bytes(data)
    with PlainFile(tmp_path / "file") as file:
        assert open_entries(file).whole() == read(data)


LARGE = {
    "ris": ("", "TY  - JOUR\nTI  - Report {}\nER  - \n", ""),
    "pubmed-xml": (
        "<PubmedArticleSet>",
        "<PubmedArticle><MedlineCitation><PMID>{}</PMID></MedlineCitation></PubmedArticle>",
        "</PubmedArticleSet>",
    ),
    "endnote-xml": ("<xml><records>", "<record><titles><title>Report {}</title></titles></record>", "</records></xml>"),
    "csv": ("title,year\n", "Report {} of a long table,2020\n", ""),
    "wos-tagged": ("FN Clarivate\n", "PT J\nTI Report {}\nER\n\n", "EF\n"),
    "refworks-tagged": ("", "RT Journal Article\nT1 Report {}\nYR 2020\n\n", ""),
    "bibtex": ("@string{{j = {{Heart}}}}\n", "@article{{a, title = {{Report {}}}, journal = j}}\n", ""),
    "endnote-tagged": ("", "%0 Journal Article\n%T Report {}\n\n", ""),
    "csl-json": ('[{{"type": "book", "title": "First"}}', ', {{"type": "book", "title": "Report {}"}}', "]"),
    "ctgov-json": (
        '{{"studies": [{{"protocolSection": {{"identificationModule": {{"nctId": "NCT01234567"}}}}}}',
        ', {{"protocolSection": {{"identificationModule": {{"nctId": "NCT01234568", "briefTitle": "Report {}"}}}}}}',
        "]}}",
    ),
}


@given(st.text(st.sampled_from("a \r\n"), max_size=40).map(str.encode), st.integers(1, 9))
def test_blocks_of_lines_are_the_whole_text_and_break_no_line(data: bytes, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(byte_source, "BLOCK", size)
        pieces = list(byte_source.lined_blocks(data))
    assert b"".join(pieces) == data
    assert all(piece.endswith((b"\n", b"\r")) for piece in pieces[:-1])


@pytest.mark.parametrize("name", LARGE)
def test_an_entry_is_given_before_those_behind_it_are_asked_for(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    head, entry, foot = LARGE[name]
    data = _Watched(f"{head.format()}{''.join(map(entry.format, range(9_000)))}{foot.format()}".encode())
    monkeypatch.setattr(byte_source, "BLOCK", 500)
    account = open_entries(data)
    entries = account.entries
    next(entries)
    # The first passes decide format and encoding; what counts is where reading goes on.
    before = data.place
    assert next(entries).line >= 0
    assert data.place <= before + 1_000
    assert before < len(data) / 2


class _Watched:
    """Bytes that know which part was asked for last."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.place = 0

    def __len__(self) -> int:
        return len(self._data)

    def __getitem__(self, part: slice) -> bytes:
        self.place = part.indices(len(self))[0]
        return self._data[part]


@given(st.integers(1, 40))
def test_a_byte_that_means_nothing_is_named_by_its_place_in_the_file(size: int) -> None:
    data = "Größe\r\nüber\r\n".encode() + b"abc\xff"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(byte_source, "BLOCK", size)
        with pytest.raises(FormatError, match=r"byte FF at offset 19 \(line 3\)"):
            as_utf8(data, "utf-8")
