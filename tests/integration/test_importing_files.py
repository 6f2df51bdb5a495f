"""Importing files into a review: the account balances, a file counts once, rejects come back mended, and bad files store nothing."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter
from serve import DEMO

from prisma_tool.cli.main import run
from prisma_tool.errors import FormatError, PrismaError, UsageError
from prisma_tool.formats.account.account import FileAccount, ParsedEntry
from prisma_tool.identify.files.folders import listing
from prisma_tool.identify.files.import_file import FileReport, Import, check_file, import_file
from prisma_tool.identify.files.intake import Intake
from prisma_tool.identify.run.raw_answers import RawFolder, opened, packed
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.review.open_review import Review
from prisma_tool.store.records import records
from prisma_tool.store.runs import runs

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "samples"
CHOSEN = (
    "nbib/rv_restoration104.nbib",
    "nbib/zot_leading_blank.nbib",
    "pubmed_xml/baseline_1005_retracted.xml",
    "ctgov_v2/webdownload_50.json",
    "csv/as_semicolon.csv",
    "csv/colrev_pubmed.csv",
    "ris/central172.ris",
    "ris/as_embase6.ris",
    "ris/as_many_authors.ris",
)
EMBASE = Import("Embase")


@pytest.fixture
def review(make_review: Callable[..., Review]) -> Review:
    return make_review()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def written(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


Write = Callable[[str, str | bytes], Path]


def entry(number: int) -> str:
    return f"TY  - JOUR\nAN  - L29900{number}\nTI  - Invented report {number}\nPY  - 2020\nER  - \n"


def balances(report: FileReport) -> bool:
    return report.declared == report.parsed + len(report.rejected) and report.parsed == report.new + report.seen + report.changed


def stored(review: Review) -> dict[str, Citation]:
    with review.store.read() as transaction:
        return {record.key: record.citation for record in records.all_records(transaction)}


def rows(review: Review) -> list[runs.Run]:
    with review.store.read() as transaction:
        return runs.all_runs(transaction)


def test_a_file_is_stored_with_its_untouched_copy(review: Review) -> None:
    report = import_file(review, DEMO / "embase.ris", EMBASE)
    assert (report.format, report.declared, report.new) == ("ris", 118, 118)
    assert balances(report)
    (row,) = rows(review)
    (kept,) = row.raw
    assert gzip.decompress((review.folder / kept["path"]).read_bytes()) == (DEMO / "embase.ris").read_bytes()
    assert kept["sha256"] == row.file_sha256 == hashlib.sha256((DEMO / "embase.ris").read_bytes()).hexdigest()
    assert (row.file_name, row.declared, row.reported) == ("embase.ris", 118, 118)


def test_the_same_file_again_adds_nothing_not_even_a_run(review: Review, write: Write) -> None:
    import_file(review, DEMO / "embase.ris", EMBASE)
    before = stored(review)
    again = import_file(review, write("renamed.txt", (DEMO / "embase.ris").read_bytes()), EMBASE)
    assert (again.known_file, again.new, again.seen, len(rows(review))) == (True, 0, 118, 1)
    assert balances(again)
    assert stored(review) == before


def test_a_file_that_grew_adds_only_what_is_new(review: Review, write: Write) -> None:
    import_file(review, write("a.ris", entry(1) + entry(2)), EMBASE)
    changed = entry(2).replace("PY  - 2020", "AB  - Now with an abstract.")
    report = import_file(review, write("a.ris", entry(1) + changed + entry(3)), EMBASE)
    assert (report.new, report.seen, report.changed) == (1, 1, 1)
    assert set(stored(review)) == {"embase:L299001", "embase:L299002", "embase:L299003"}


def test_identical_entries_without_a_number_are_all_kept(review: Review, write: Write) -> None:
    plain = "TY  - JOUR\nTI  - Twice the same\nER  - \n"
    report = import_file(review, write("a.ris", plain * 3), EMBASE)
    assert (report.declared, report.new) == (3, 3)
    assert len(stored(review)) == 3


def test_a_source_column_divides_a_table_whatever_the_spelling(review: Review, write: Write) -> None:
    table = "id,title,db\nA1,One,Embase\nA2,Two,Scopus\nA3,Three,embase \nA4,Four,\nA5,Five,EMBASE\n,,Scopus\n"
    report = import_file(review, write("a.csv", table), Import("Other sources", source_column="db"))
    assert (report.declared, report.new, len(report.rejected)) == (6, 5, 1)
    assert set(stored(review)) == {"embase:A1", "scopus:A2", "embase:A3", "other-sources:A4", "embase:A5"}
    assert sorted((row.source, row.declared, len(row.rejected)) for row in rows(review)) == [
        ("embase", 3, 0),
        ("other-sources", 2, 1),
        ("scopus", 1, 0),
    ]


def test_rejects_are_told_once_where_no_row_has_the_given_source(review: Review, write: Write) -> None:
    table = "title,db\nOne,Embase\nTwo,Scopus\n,Scopus\n"
    import_file(review, write("a.csv", table), Import("Other", source_column="db"))
    assert sum(row.declared or 0 for row in rows(review)) == 3
    assert sum(len(row.rejected) for row in rows(review)) == 1


def test_a_source_keeps_the_kind_that_it_was_registered_with(review: Review, write: Write) -> None:
    import_file(review, write("a.ris", entry(1)), Import("Trial list", SourceKind.REGISTER))
    with pytest.raises(UsageError, match="registered as a register, not a website"):
        import_file(review, write("b.ris", entry(2)), Import("trial list", SourceKind.WEBSITE))
    assert len(stored(review)) == len(rows(review)) == 1
    assert import_file(review, write("b.ris", entry(2)), Import("Trial list")).new == 1


REJECTED = {
    "a.ris": (entry(1) + "TY  - JOUR\nKW  - nothing else\nER  - \n\nTY  - JOUR\nER  - \n", "KW  - ", "TI  - "),
    "a.csv": ('title;year\nOne;2020\nTwo;"2;0";x\nThree;2020;y;z\n', ",x", ""),
    "a.xml": (
        "<PubmedArticleSet>"
        + "".join(
            f"<PubmedArticle><MedlineCitation>{pmid}<Article><ArticleTitle>T{pmid}</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
            for pmid in ("<PMID>1</PMID>", "<PMID>x</PMID>", "<PMID>y</PMID>")
        ).replace("<ArticleTitle>T<PMID>", "<ArticleTitle>T").replace("</PMID></ArticleTitle>", "</ArticleTitle>")
        + "</PubmedArticleSet>",
        "<PMID>x</PMID>",
        "<PMID>2</PMID>",
    ),
    "a.json": (
        json.dumps(
            [{"protocolSection": {"identificationModule": {"nctId": nct, "briefTitle": nct}}} for nct in ("NCT99000001", "x", "y")]
        ),
        '"nctId": "x"',
        '"nctId": "NCT99000002"',
    ),
}  # fmt: skip


REJECTED["a.bib"] = (
    '@string{j = "Journal J"}\n@article{a, title = {One}, journal = j}\n@article{b, titel = {Two}}\n@article{c, title = Three four}\n',
    "titel",
    "title",
)
REJECTED["b.xml"] = (
    "<xml><records>"
    + "".join(f"<record><titles>{title}</titles></record>" for title in ("<title>One</title>", "<x>Two</x>", ""))
    + "</records></xml>",
    "<x>Two</x>",
    "<title>Two</title>",
)
REJECTED["a.jsonl"] = (
    '{"citation": {"title": "One"}}\n{"citation": {"year": "Two"}}\n{"citation": {}}\n',
    '{"year": "Two"}',
    '{"title": "Two"}',
)


@pytest.mark.parametrize("name", REJECTED)
def test_rejects_are_written_so_that_mending_is_all_they_need(review: Review, write: Write, name: str) -> None:
    content, wrong, right = REJECTED[name]
    report = import_file(review, write(name, content), EMBASE)
    assert (report.declared, report.new, len(report.rejected)) == (3, 1, 2)
    assert balances(report)
    rejects = Path(report.rejects_file).read_text(encoding="utf-8")
    assert wrong in rejects
    mended = import_file(review, write(f"mended-{name}", rejects.replace(wrong, right)), EMBASE)
    assert (mended.declared, mended.new, len(mended.rejected)) == (2, 1, 1)


def workbook(path: Path, *rows: tuple[str, ...]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def test_the_rejects_of_a_workbook_are_a_table_that_can_be_imported(review: Review, write: Write, tmp_path: Path) -> None:
    book = workbook(tmp_path / "a.xlsx", ("Title", "Year", "Colour"), ("One", "2020", ""), ("", "", "red, dark"))
    report = import_file(review, book, EMBASE)
    assert (report.format, report.new, len(report.rejected)) == ("xlsx", 1, 1)
    rejects = Path(report.rejects_file)
    assert rejects.suffix == ".csv"
    mended = rejects.read_text(encoding="utf-8").replace("\n,", "\nTwo,")
    assert import_file(review, write("mended.csv", mended), EMBASE).new == 1


def test_a_column_can_be_named_by_hand_and_the_map_is_told(review: Review, write: Write) -> None:
    path = write("a.csv", "Name of paper,When,Text\nOne,2020,Words\n")
    report = import_file(review, path, Import("Embase", columns={"title": "Name of paper", "year": "When", "abstract": "Text"}))
    assert dict(report.mapping) == {"title": "Name of paper", "year": "When", "abstract": "Text"}
    ((citation,), missing) = stored(review).values(), report.missing
    assert (citation.title, citation.year, missing) == ("One", 2020, {"title": 0, "abstract": 0, "year": 0, "doi": 1})


def test_registry_records_in_central_are_register_entries_counted_under_central(review: Review, write: Write) -> None:
    ris = "TY  - JOUR\nAN  - CN-0234567{n}\nTI  - T{n}\nM3  - {kind}\nER  - \n"
    kinds = ("Trial registry record", "Journal article")
    path = write("central.ris", "".join(ris.format(n=n, kind=kind) for n, kind in enumerate(kinds)))
    report = import_file(review, path, Import("CENTRAL"))
    assert (report.kind, report.register_entries, report.platform) == ("database", 1, "CENTRAL via Cochrane Library")
    (row,) = rows(review)
    assert row.service == {"database": "CENTRAL", "platform": "Cochrane Library"}


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Embase", "database"),
        ("WHO ICTRP", "register"),
        ("ISRCTN registry", "register"),
        ("Cochrane Central Register of Controlled Trials (CENTRAL)", "database"),
        ("Citation searching", "citation"),
        ("Websites", "website"),
    ],
)
def test_the_kind_of_a_source_is_guessed_and_told(review: Review, write: Write, label: str, kind: str) -> None:
    assert import_file(review, write("a.ris", entry(1)), Import(label)).kind == kind


def test_a_folder_is_imported_file_by_file(review: Review, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "exports"
    (folder / "more").mkdir(parents=True)
    for name, text in (("b.ris", entry(2)), ("more/c.ris", entry(3)), (".hidden.ris", entry(4)), ("a.txt", "A letter.")):
        (folder / name).write_text(text, encoding="utf-8")
    assert run(["-C", str(review.folder), "import", str(folder), "--source", "Embase"]) == 1
    told = capsys.readouterr()
    assert f"prisma-tool: {folder / 'a.txt'}: The format is not recognised" in told.err
    assert "1 of 3 files could not be imported; the others were." in told.err
    assert f"Passed over: {folder / '.hidden.ris'}" in told.err
    assert set(stored(review)) == {"embase:L299002", "embase:L299003"}


def test_a_link_that_the_user_names_is_imported_and_what_is_no_plain_file_in_a_folder_is_passed_over(
    review: Review, write: Write, tmp_path: Path
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "one.ris").write_text(entry(1), encoding="utf-8")
    (folder / "link.ris").symlink_to(write("two.ris", entry(2)))
    (folder / "shelf").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.ris")
    found = listing([folder, folder / "link.ris"])
    assert [path.name for path in found.files] == ["one.ris", "link.ris"]
    assert [path.name for path in found.skipped] == ["link.ris", "pipe.ris", "shelf"]
    assert import_file(review, folder / "link.ris", EMBASE).new == 1
    with pytest.raises(PrismaError, match="is a link"):
        import_file(review, folder / "link.ris", replace(EMBASE, folders={folder / "link.ris": folder}))
    with pytest.raises(PrismaError, match="device or pipe"):
        import_file(review, folder / "pipe.ris", EMBASE)


def test_the_folder_of_a_review_is_no_folder_of_exports(review: Review) -> None:
    with pytest.raises(PrismaError, match="is the folder of a review"):
        listing([review.folder])


def test_like_entries_keep_their_numbers_beyond_one_batch(review: Review, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prisma_tool.identify.files.import_file.BATCH", 2)
    report = import_file(review, write("a.ris", "TY  - JOUR\nTI  - Like\nER  - \n" * 5 + entry(1)), EMBASE)
    assert (report.declared, report.new, len(stored(review))) == (6, 6, 6)


def nbib(citation: Citation) -> str:
    """A record as PubMed's web site saves it: wrapped lines, labels inside the abstract."""
    abstract = " ".join(f"{part.label}: {part.text}" if part.label else part.text for part in citation.abstract)
    fields = [("PMID", citation.pmid), ("TI", citation.title), ("AB", abstract), ("LID", f"{citation.doi} [doi]")]
    return "".join(f"{tag:<4}- {value}\n" for tag, value in fields if value not in ("", " [doi]")) + "\n"


def test_a_file_saved_from_pubmed_meets_the_records_that_were_fetched(review: Review, write: Write) -> None:
    fetched = import_file(review, DEMO / "pubmed.xml", Import("PubMed"))
    keys = set(stored(review))
    saved = "".join(nbib(citation) for citation in stored(review).values())
    report = import_file(review, write("pubmed.nbib", saved), Import("PubMed"))
    assert fetched.new == report.parsed == 412
    assert (report.new, report.changed) == (0, 0)
    assert set(stored(review)) == keys
    assert all(key == f"pubmed:{citation.pmid}" for key, citation in stored(review).items())


def test_a_download_from_the_register_meets_the_studies_that_were_fetched(review: Review, write: Write) -> None:
    import_file(review, DEMO / "ctgov.json", Import("ClinicalTrials.gov"))
    studies = json.loads((DEMO / "ctgov.json").read_text(encoding="utf-8"))
    page = json.dumps({"totalCount": len(studies), "studies": studies})
    report = import_file(review, write("page.json", page), Import("clinicaltrials.gov"))
    assert (report.new, report.seen, report.changed) == (0, 73, 0)
    with review.store.read() as transaction:
        (source,) = runs.sources(transaction)
    assert (source.slug, source.kind) == ("ctgov", SourceKind.REGISTER)


@pytest.mark.parametrize(
    ("source", "header", "row", "key"),
    [
        ("Embase", "accession,id,title", "L2,7,T", "embase:L2"),
        ("Embase", "id,title", "7,T", "embase:7"),
        ("Embase", "key,title", "embase:L2,T", "embase:L2"),
        ("PubMed", "pmid,title", "99000001,T", "pubmed:99000001"),
        ("PubMed", "title,pmid", "T,99000001", "pubmed:99000001"),
        ("ClinicalTrials.gov", "NCT Number,Study Title", "NCT99000001,T", "ctgov:NCT99000001"),
    ],
)
def test_a_row_is_known_by_its_accession(review: Review, write: Write, source: str, header: str, row: str, key: str) -> None:
    import_file(review, write("a.csv", f"{header}\n{row}\n"), Import(source))
    assert set(stored(review)) == {key}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("paper.ris", b"%PDF-1.7\n%\xe2\xe3"),
        ("book.csv", b"PK\x03\x04" + bytes(300)),
        ("noise.ris", bytes(range(256)) * 20),
        ("empty.ris", b""),
        ("letter.txt", b"Dear colleague, here is nothing to import."),
    ],
)
def test_a_file_that_is_no_citation_file_stores_nothing(review: Review, write: Write, name: str, content: bytes) -> None:
    with pytest.raises(FormatError) as caught:
        import_file(review, write(name, content), EMBASE)
    assert len(caught.value.message) > 10
    assert (stored(review), rows(review), list((review.folder / "raw").iterdir())) == ({}, [], [])


def test_a_missing_file_and_a_folder_are_told_apart(review: Review, tmp_path: Path) -> None:
    with pytest.raises(PrismaError, match=r"absent\.ris does not exist"):
        import_file(review, tmp_path / "absent.ris", EMBASE)
    with pytest.raises(PrismaError, match="is a folder"):
        import_file(review, review.folder, EMBASE)
    assert rows(review) == []


@pytest.mark.parametrize("name", [b"caf\xe9.ris", b"x" * 240 + b".ris", "文献".encode() * 30 + b".ris", b"\x1b[31m\n.ris"])
def test_any_name_that_a_file_can_have_is_taken(review: Review, tmp_path: Path, name: bytes) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    path.write_text(entry(1) + "TY  - JOUR\nER  - \n", encoding="utf-8")
    report = import_file(review, path, EMBASE)
    (row,) = rows(review)
    assert (report.new, len(report.rejected)) == (1, 1)
    assert Path(report.rejects_file).is_file()
    assert (review.folder / row.raw[0]["path"]).is_file()
    assert row.file_name.isprintable()
    assert row.file_name.endswith("ris")
    assert report.path.encode()


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the collection of sample exports is not on this computer")
@pytest.mark.parametrize("name", CHOSEN)
def test_real_exports_balance_and_count_once(review: Review, name: str) -> None:
    with (SAMPLES / "MANIFEST.csv").open(encoding="utf-8", newline="") as manifest:
        expected = next(row["records_expected"] for row in csv.DictReader(manifest) if row["file"] == name)
    report = import_file(review, SAMPLES / name, Import("Sample"))
    assert report.declared == int(expected)
    assert balances(report)
    assert len(stored(review)) == report.new
    assert import_file(review, SAMPLES / name, Import("Sample")).known_file


def test_a_line_break_in_a_files_name_starts_no_line_of_the_account(
    review: Review, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = tmp_path / "a\nprisma-tool: 9 rejected.ris"
    odd.write_text(entry(1), encoding="utf-8")
    assert run(["-C", str(review.folder), "import", str(odd), "--source", "Embase"]) == 0
    assert not any(line.startswith("prisma-tool: 9") for line in capsys.readouterr().out.splitlines())


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("what?.ris", "what_.ris"),
        ("a:b.ris", "a_b.ris"),
        ("CON.ris", "_CON.ris"),
        ("dots. .ris", "dots.ris"),
        ("b\x07ell.ris ", "bell.ris"),
    ],
)
def test_copies_of_a_file_have_names_that_every_system_can_hold_and_the_run_has_the_given_one(
    review: Review, tmp_path: Path, name: str, kept: str
) -> None:
    (tmp_path / name).write_text("TY  - JOUR\nAN  - 1\nTI  - One\nER  - \n\nTY  - JOUR\nER  - \n", encoding="utf-8")
    report = import_file(review, tmp_path / name, Import("Embase"))
    with review.store.read() as transaction:
        (run,) = runs.of_source(transaction, "embase")
    assert run.file_name == one_line(name)
    assert run.raw[0]["path"] == f"raw/{run.id}/{kept}.gz"
    assert opened(review.folder, run.raw[0]) == ((tmp_path / name).read_bytes(), "")
    assert Path(report.rejects_file).name == f"{Path(kept).stem}-{run.file_sha256[:8]}.ris"


def test_a_copy_that_an_earlier_version_kept_under_the_given_name_is_still_read(review: Review) -> None:
    kept = {**RawFolder(review.folder, "run").keep("plain.ris", packed(b"kept")), "path": "raw/run/what?.ris.gz"}
    (review.folder / "raw/run/plain.ris.gz").rename(review.folder / kept["path"])
    assert opened(review.folder, kept) == (b"kept", "")


@pytest.mark.parametrize("tag", ["AB", "TI", "ZZ"])
@pytest.mark.parametrize(("size", "n"), [(990_000, 0), (1_200_000, 1)])
def test_a_field_of_more_than_a_megabyte_is_named_with_its_record(
    review: Review, write: Write, tag: str, size: int, n: int
) -> None:
    path = write("large.ris", f"TY  - JOUR\nAN  - 7\nPY  - 2020\nJO  - J\n{tag}  - {'word ' * (size // 5)}\nER  - \n")
    warnings = [warning for warning in import_file(review, path, EMBASE).warnings if "1.2 MB" in warning]
    assert [warning.split(" ")[0] for warning in warnings] == ["embase:7:"] * n
    with review.store.read() as transaction:
        (run,) = runs.of_source(transaction, "embase")
    assert list(run.warnings) == warnings


DOUBTFUL = "TY  - JOUR\nTI  - Szczepienia przeciw grypie w Łodzi\nER  - \n".encode("cp1250")


def test_a_doubtful_encoding_stores_nothing_and_json_has_both_readings(
    review: Review, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write("a.ris", DOUBTFUL)
    assert run(["-C", str(review.folder), "import", str(path), "--source", "Embase", "--json"]) == 1
    (file,) = json.loads(capsys.readouterr().out)["files"]
    assert file["readings"][:2] == [
        {"encoding": "cp1250", "lines": ["Szczepienia przeciw grypie w Łodzi"]},
        {"encoding": "cp1252", "lines": ["Szczepienia przeciw grypie w £odzi"]},
    ]
    assert (stored(review), rows(review)) == ({}, [])


def test_a_named_encoding_decides_and_the_run_keeps_that_a_person_named_it(
    review: Review, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write("a.ris", DOUBTFUL)
    assert run(["-C", str(review.folder), "import", str(path), "--source", "Embase", "--encoding", "windows-1250", "--json"]) == 0
    (file,) = json.loads(capsys.readouterr().out)["files"]
    assert (file["encoding"], file["encoding_given"]) == ("cp1250", True)
    (row,) = rows(review)
    assert (row.encoding, row.service["encoding_given"], row.file_sha256) == (
        "cp1250",
        True,
        hashlib.sha256(DOUBTFUL).hexdigest(),
    )
    assert [citation.title for citation in stored(review).values()] == ["Szczepienia przeciw grypie w Łodzi"]
    assert gzip.decompress((review.folder / row.raw[0]["path"]).read_bytes()) == DOUBTFUL


def test_an_encoding_that_is_none_is_a_usage_error(review: Review, write: Write) -> None:
    path = write("a.ris", DOUBTFUL)
    assert run(["-C", str(review.folder), "import", str(path), "--source", "Embase", "--encoding", "cp1521"]) == 2


def test_the_same_bytes_under_another_encoding_are_still_the_same_file(review: Review, write: Write) -> None:
    import_file(review, write("a.ris", DOUBTFUL), Import("Embase", encoding="cp1250"))
    again = import_file(review, write("a.ris", DOUBTFUL), Import("Embase", encoding="cp1252"))
    assert (again.known_file, again.new) == (True, 0)
    assert "It was read as cp1250 then, not as cp1252" in again.warnings[0]


def test_utf8_read_otherwise_because_a_person_said_so_comes_with_a_warning(review: Review, write: Write) -> None:
    report = import_file(review, write("a.ris", "TY  - JOUR\nTI  - Müller\nER  - \n"), Import("Embase", encoding="cp1252"))
    assert any("valid UTF-8" in warning for warning in report.warnings)


def test_rejects_of_a_file_in_a_named_encoding_are_written_in_utf8(review: Review, write: Write) -> None:
    text = "@string{j = {Dziennik Łódzki}}\n@article{a, title={Wpływ}, journal=j}\n@article{b, note={Ł}}\n"
    report = import_file(review, write("a.bib", text.encode("cp1250")), Import("Embase", encoding="cp1250"))
    assert "Łódzki" in Path(report.rejects_file).read_text("utf-8")


def test_a_check_shows_the_first_records_and_what_to_look_at(
    review: Review, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write("a.ris", "".join(entry(number) for number in range(9)) + entry(9).replace("Invented", "Ã‰tude"))
    assert run(["-C", str(review.folder), "import", str(path), "--source", "Embase", "--check", "--json"]) == 0
    (file,) = json.loads(capsys.readouterr().out)["files"]
    assert [record["title"] for record in file["preview"]] == [f"Invented report {number}" for number in range(5)]
    shown = {"key", "known", "title", "authors", "year", "journal", "doi", "pmid", "accession", "abstract"}
    assert set(file["preview"][0]) == shown
    assert set(file["findings"][0]) == {"name", "n", "of", "examples", "sentence"}
    assert rows(review) == []


def unnumbered(number: int) -> str:
    """An entry without an accession."""
    return entry(number).replace("AN  - L", "N1  - ")


def test_a_check_shows_under_which_keys_the_records_would_be_stored(review: Review, write: Write) -> None:
    import_file(review, write("a.ris", unnumbered(1)), Import("Embase"))
    path = write("b.ris", "".join((unnumbered(2), unnumbered(1), unnumbered(2), unnumbered(3).replace("Invented", "gown " * 99))))
    preview = check_file(review, path, Import("Embase")).preview
    import_file(review, path, Import("Embase"))

    assert [one.known for one in preview] == [False, True, False, False]
    assert {one.key for one in preview} == {*stored(review)}
    assert preview[2].key == f"{preview[0].key}#2"
    assert all(len(one.abstract) <= 200 for one in preview)


def test_an_entry_whose_fields_are_read_otherwise_now_is_known_by_its_text(
    review: Review, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The longer export of a search brings what an earlier version read otherwise, one entry of it twice."""
    with monkeypatch.context() as earlier:
        earlier.setattr(records, "content_accession", lambda citation: f"earlier{citation.title[-1]}")
        import_file(review, write("a.ris", unnumbered(1) + unnumbered(2) + unnumbered(2)), Import("Embase"))
    before = list(stored(review))

    report = import_file(review, write("b.ris", "".join(map(unnumbered, (1, 2, 2, 2, 3)))), Import("Embase"))
    assert (report.new, report.seen, report.changed) == (2, 3, 0)
    assert before == list(stored(review))[:3]
    again = import_file(review, write("c.ris", "".join(map(unnumbered, (3, 2, 2, 2, 1, 4)))), Import("Embase"))
    assert (again.new, again.seen, again.changed) == (1, 5, 0)


def test_another_sources_text_is_another_record(review: Review, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(records, "content_accession", lambda citation: f"earlier{citation.title[-1]}")
        import_file(review, write("a.ris", unnumbered(1)), Import("Embase"))

    assert import_file(review, write("b.ris", unnumbered(1)), Import("Scopus")).new == 1


def test_an_import_ends_with_what_to_look_at(review: Review, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    path = write("a.ris", entry(1).replace("Invented report", "Ã‰tude"))
    assert run(["-C", str(review.folder), "import", str(path), "--source", "Embase"]) == 0
    assert "look at this: 1 of 1 records hold letters of a wrong encoding: “Ã‰tude 1" in capsys.readouterr().out


CUT_SHORT = """
import os, signal, sys
from pathlib import Path
from prisma_tool.identify.files import import_file, intake
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import open_review

import_file.BATCH = 2
take = intake.Intake.take

def take_until_the_power_fails(self, batch, account):
    if self.total("new") == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    take(self, batch, account)

intake.Intake.take = take_until_the_power_fails
with open_review(Path(sys.argv[1]), Environment(), print) as review:
    import_file.import_file(review, Path(sys.argv[2]), import_file.Import("Embase"))
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that ends a process at once")
def test_a_power_cut_in_the_middle_of_an_import_leaves_the_review_as_it_was(review: Review, write: Write) -> None:
    import_file(review, write("a.ris", entry(1)), EMBASE)
    before, runs_before, kept_before = stored(review), rows(review), sorted((review.folder / "raw").rglob("*"))
    path = write("b.ris", "".join(map(entry, range(1, 8))))
    done = subprocess.run([sys.executable, "-c", CUT_SHORT, str(review.folder), str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (stored(review), rows(review), sorted((review.folder / "raw").rglob("*"))) == (before, runs_before, kept_before)
    assert import_file(review, path, EMBASE).new == 6


def test_a_file_that_somebody_writes_to_while_it_is_read_is_refused(
    review: Review, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("a.ris", entry(1))
    take = Intake.take

    def interrupted(self: Intake, batch: Sequence[ParsedEntry], account: FileAccount) -> None:
        take(self, batch, account)
        with path.open("a", encoding="utf-8") as file:
            file.write(entry(2))

    monkeypatch.setattr(Intake, "take", interrupted)
    with pytest.raises(PrismaError, match="changed while it was read"):
        import_file(review, path, EMBASE)
    assert (stored(review), rows(review), list((review.folder / "raw").iterdir())) == ({}, [], [])


def test_files_that_are_not_held_in_memory_are_kept_and_recoded_the_same(
    review: Review, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prisma_tool.identify.files.import_file._SMALL", 10)
    path = write("a.ris", entry(1).replace("Invented", "Мышь").encode("cp1251"))
    report = import_file(review, path, replace(EMBASE, encoding="cp1251"))
    (run_of_file,) = rows(review)
    assert opened(review.folder, run_of_file.raw[0]) == (path.read_bytes(), "")
    assert report.encoding == "cp1251"
    assert [citation.title for citation in stored(review).values()] == ["Мышь report 1"]
