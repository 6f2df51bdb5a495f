"""Getting full texts: what was tried is kept and told, PDFs are attached by path or found by name, and opening is safe."""

from __future__ import annotations

import csv
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prisma_tool.cli.main import run
from prisma_tool.errors import DecisionError, PrismaError
from prisma_tool.fulltext import links
from prisma_tool.fulltext.links import LocationKind, full_text_locations, is_address, open_report, register_page, system_viewer
from prisma_tool.model.record.citation import Author, Citation
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.reports.state import Phase, reports_of
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.store.records import records

Shell = Callable[..., Any]
Deliver = Callable[..., records.StoredBatch]


def report(family: str, year: int, title: str, **numbers: Any) -> Citation:
    return Citation(title=title, authors=(Author(family, "A"),), year=year, **numbers)


REPORTS = (
    ("1", report("Moreau", 2020, "Aspirin after infarction", doi="10.1000/ab.1", pmid="34531250")),
    ("2", report("Moreau", 2021, "Heparin in pregnancy", doi="10.1000/ab.12")),
    ("3", report("van der Berg", 2019, "Statins and sleep", pmid="1234567", registry_numbers=("NCT01234567",))),
    ("4", report("Ito", 2018, "Tea for everyone")),
    ("5", report("Ito", 2018, "Coffee for some")),
    ("6", report("Levi", 2017, "Excluded early", doi="10.1000/out")),
)


@pytest.fixture
def review(make_review: Callable[..., Review], deliver: Deliver) -> Review:
    """Five reports that are sought, embase:1 to 5, and one that is not."""

    def filled(made: Review) -> None:
        deliver(made.store, *REPORTS)
        verdicts = [*(Verdict.INCLUDE,) * 5, Verdict.EXCLUDE]
        decide(made, [Decision(f"embase:{n}", Stage.TITLE_ABSTRACT, "Ada", verdict) for n, verdict in enumerate(verdicts, 1)])

    return make_review(once=filled)


@pytest.fixture
def shell(review: Review, capsys: pytest.CaptureFixture[str]) -> Shell:
    def call(*arguments: str | Path, code: int = 0) -> Any:
        capsys.readouterr()
        assert run(["-C", str(review.folder), *map(str, arguments)]) == code
        out, err = capsys.readouterr()
        return json.loads(out) if "--json" in arguments else out + err

    return call


@pytest.fixture
def pdfs(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder of PDFs by name; equal names of different folders differ in content."""

    def made(*names: str, **contents: bytes) -> Path:
        folder = tmp_path / "pdfs"
        for name in names:
            path = folder / f"{name}.pdf"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"%PDF-1.7 " + name.encode() + contents.get("inside", b""))
        return folder

    return made


def phase(review: Review, key: str) -> Phase:
    with review.store.read() as transaction:
        return reports_of(transaction, [key])[key].phase


# --- efforts -----------------------------------------------------------------------------------------------------------------


def test_what_was_tried_is_kept_in_order_and_told_with_the_reports_that_were_not_retrieved(shell: Shell, tmp_path: Path) -> None:
    shell("retrieve", "embase:1", "--asked", "a.moreau@example.org", "--on", "2025-01-20")
    shell("retrieve", "embase:1", "--tried", "publisher [pay wall]", "--tried", "library \x1b[31m", "--on", "2025-01-02")
    told = shell("retrieve", "embase:1", "not-retrieved", "--note", "no answer", "--json")
    assert [effort["words"] for effort in told["efforts"]] == [
        "2025-01-02 tried: publisher [pay wall]",
        "2025-01-02 tried: library",
        "2025-01-20 asked: a.moreau@example.org",
    ]
    assert (told["status"], told["note"], told["phase"]) == ("not-retrieved", "no answer", "not retrieved")
    listed = shell("retrieve", "--list", "not-retrieved")
    assert "embase:1  not retrieved (no answer)" in listed
    assert "2025-01-20 asked: a.moreau@example.org" in listed
    assert [row["key"] for row in shell("retrieve", "--list", "to-retrieve", "--json")["reports"]] == [
        f"embase:{n}" for n in range(2, 6)
    ]
    shell("export", "-o", tmp_path / "missing.csv", "--set", "not-retrieved")
    (row,) = csv.DictReader((tmp_path / "missing.csv").read_text(encoding="utf-8").splitlines())
    assert (row["retrieval"], row["retrieval_note"]) == ("not-retrieved", "no answer")
    assert row["efforts"].endswith("2025-01-20 asked: a.moreau@example.org")


def test_status_and_attempts_are_stored_together_or_not_at_all(shell: Shell, review: Review) -> None:
    shell("retrieve", "embase:6", "not-retrieved", "--tried", "library", code=1)
    shell("retrieve", "embase:1", "retrieved", "--tried", "library", "--file", "nowhere.pdf", code=1)
    assert shell("retrieve", "--list", "--json")["reports"][0]["efforts"] == []
    assert phase(review, "embase:1") is Phase.SEEKING


def test_the_last_word_about_a_full_text_is_taken_back_step_by_step(shell: Shell, review: Review) -> None:
    shell("retrieve", "embase:1", "--tried", "library", "--on", "2025-01-02")
    shell("retrieve", "embase:1", "retrieved")
    shell("retrieve", "embase:1", "not-retrieved")
    assert "taken back: not-retrieved" in shell("retrieve", "embase:1", "--undo")
    assert phase(review, "embase:1") is Phase.ASSESSING
    shell("retrieve", "embase:1", "--undo")
    assert shell("retrieve", "embase:1", "--undo", "--json")["efforts"] == []
    assert "nothing to take back" in shell("retrieve", "embase:1", "--undo", code=1)


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (("embase:1",), 2, "Give KEY and STATUS"),
        (("embase:1", "--note", "x"), 2, "Give KEY and STATUS"),
        (("embase:1", "retrieved", "--on", "2025-01-01"), 2, "add --tried or --asked"),
        (("embase:1", "--tried", " "), 1, "Say what was tried"),
        (("embase:1", "--tried", "x", "--on", "2030-01-01"), 1, "lies in the future"),
        (("embase:9", "--tried", "x"), 1, "no record embase:9"),
        (("embase:1", "--list"), 2, "Give one of"),
        (("--folder", "nowhere"), 1, "is not a folder"),
        (("embase:1", "retrieved", "--check"), 2, "--check belongs to --folder"),
    ],
)
def test_what_makes_no_sense_about_a_full_text_is_refused(shell: Shell, arguments: tuple[str, ...], code: int, why: str) -> None:
    assert why in shell("retrieve", *arguments, code=code)


# --- PDFs --------------------------------------------------------------------------------------------------------------------


def test_what_is_no_pdf_is_not_kept(shell: Shell, review: Review, tmp_path: Path) -> None:
    page = tmp_path / "paper.pdf"
    page.write_text("<html>Log in", encoding="utf-8")
    assert "is not a PDF (it begins with “<html>Log in”)" in shell("retrieve", "embase:1", "retrieved", "--file", page, code=1)
    page.write_bytes(b"")
    assert "is not a PDF (it is empty)" in shell("retrieve", "embase:1", "retrieved", "--file", page, code=1)
    assert list((review.folder / "fulltext").iterdir()) == []


def test_a_kept_file_that_somebody_changed_is_not_written_over(shell: Shell, review: Review, pdfs: Callable[..., Path]) -> None:
    paper = pdfs("paper") / "paper.pdf"
    shell("retrieve", "embase:1", "retrieved", "--file", paper)
    (kept,) = (review.folder / "fulltext").iterdir()
    kept.write_bytes(b"%PDF with my remarks")
    told = shell("retrieve", "embase:1", "retrieved", "--file", paper, "--json")
    assert kept.read_bytes() == b"%PDF with my remarks"
    assert [(review.folder / name).read_bytes() for name in told["files"]] == [paper.read_bytes(), kept.read_bytes()]


def test_pdfs_are_found_by_doi_pmid_key_and_author_with_year_and_attached_together(
    shell: Shell, review: Review, pdfs: Callable[..., Path]
) -> None:
    folder = pdfs(
        "10.1000_ab.1",
        "sub/10.1000-ab-12 (1)",
        "van der Berg et al 2019 - Statins and sleep",
        "embase_4",
        "holiday",
    )
    checked = shell("retrieve", "--folder", folder, "--check", "--json")
    assert (checked["stored"], phase(review, "embase:1")) == (False, Phase.SEEKING)
    told = shell("retrieve", "--folder", folder, "--json")
    assert {one["key"]: one["ground"] for one in told["attached"]} == {
        "embase:1": "DOI in the name",
        "embase:2": "DOI in the name",
        "embase:3": "first author and year in the name, which no other report has",
        "embase:4": "record key in the name",
    }
    assert (told["attached"], told["lacking"]) == (checked["attached"], 1)
    assert [Path(one).stem for one in told["unmatched"]] == ["holiday"]
    assert phase(review, "embase:3") is Phase.ASSESSING
    again = shell("retrieve", "--folder", folder, "--json")
    assert again["attached"] == []
    assert {one["why"].partition("; but ")[2] for one in again["doubtful"]} == {
        f"embase:{n} has a file already" for n in range(1, 5)
    }


@pytest.mark.parametrize(
    ("name", "keys", "why"),
    [
        ("Ito 2018", ["embase:4", "embase:5"], "several reports have"),
        ("Moreau 2020 cooking for diabetics", ["embase:1"], "other words than its title"),
        ("PMID 34531250 10.1000_ab.12", ["embase:2"], ""),
        ("10.1000_out", ["embase:6"], "is excluded at title/abstract"),
    ],
)
def test_a_name_that_leaves_a_doubt_is_left_to_a_person(
    shell: Shell, pdfs: Callable[..., Path], name: str, keys: list[str], why: str
) -> None:
    told = shell("retrieve", "--folder", pdfs(name), "--check", "--json")
    if why:
        (doubt,) = told["doubtful"]
        assert (doubt["keys"], told["attached"]) == (keys, [])
        assert why in doubt["why"]
    else:
        assert [one["key"] for one in told["attached"]] == keys


@pytest.mark.parametrize(
    "name", ["10.1000_ab.123", "10.1000_ab", "123", "Moreau", "2020", "Bergmann 2019", "1234567890", "20200101"]
)
def test_a_name_that_is_only_nearly_a_reports_leads_nowhere(shell: Shell, pdfs: Callable[..., Path], name: str) -> None:
    told = shell("retrieve", "--folder", pdfs(name), "--check", "--json")
    assert (told["attached"], told["doubtful"], len(told["unmatched"])) == ([], [], 1)


def test_the_doi_in_a_document_outweighs_its_name(shell: Shell, pdfs: Callable[..., Path]) -> None:
    inside = b"<rdf:li><prism:doi>10.1000/AB.12</prism:doi>"
    told = shell("retrieve", "--folder", pdfs("download", inside=inside), "--check", "--json")
    assert [(one["key"], one["ground"]) for one in told["attached"]] == [("embase:2", "DOI in the document")]


@pytest.mark.parametrize(
    ("name", "doi", "why"),
    [
        ("Moreau 2020", b"10.1000/ab.12", "lead to different reports"),
        ("Moreau 2020", b"10.9999/other", "the document's own DOI is 10.9999/other"),
        ("34531250", b"10.9999/other", "the document's own DOI is 10.9999/other"),
    ],
)
def test_a_document_that_contradicts_its_name_is_left_to_a_person(
    shell: Shell, pdfs: Callable[..., Path], name: str, doi: bytes, why: str
) -> None:
    told = shell("retrieve", "--folder", pdfs(name, inside=b"/doi(" + doi + b")"), "--check", "--json")
    assert told["attached"] == []
    assert why in told["doubtful"][0]["why"]


def test_of_two_files_for_one_report_neither_is_attached_unless_they_are_the_same(
    shell: Shell, pdfs: Callable[..., Path]
) -> None:
    folder = pdfs("10.1000_ab.1", "34531250")
    assert [one["why"] for one in shell("retrieve", "--folder", folder, "--json")["doubtful"]] == [
        "several files claim this report"
    ] * 2
    (folder / "34531250.pdf").write_bytes((folder / "10.1000_ab.1.pdf").read_bytes())
    assert [one["key"] for one in shell("retrieve", "--folder", folder, "--json")["attached"]] == ["embase:1"]


def test_a_page_that_is_called_pdf_is_named_and_left_alone(shell: Shell, pdfs: Callable[..., Path]) -> None:
    folder = pdfs("10.1000_ab.1")
    (folder / "10.1000_ab.1.pdf").write_text("<html>", encoding="utf-8")
    assert "it is not a PDF" in shell("retrieve", "--folder", folder)


# --- opening -----------------------------------------------------------------------------------------------------------------


def test_a_report_is_opened_at_its_file_first_then_at_its_pages(review: Review, shell: Shell, pdfs: Callable[..., Path]) -> None:
    opened: list[str] = []
    assert open_report(review, "embase:1", opened.append).what is LocationKind.DOI
    shell("retrieve", "embase:1", "retrieved", "--file", pdfs("paper") / "paper.pdf")
    assert open_report(review, "embase:1", opened.append).what is LocationKind.PDF
    open_report(review, "embase:1", opened.append, LocationKind.PUBMED)
    open_report(review, "embase:3", opened.append, LocationKind.REGISTER)
    assert opened[0] == "https://doi.org/10.1000/ab.1"
    assert Path(opened[1]).read_bytes().startswith(b"%PDF")
    assert opened[2:] == ["https://pubmed.ncbi.nlm.nih.gov/34531250/", "https://clinicaltrials.gov/study/NCT01234567"]
    with pytest.raises(DecisionError, match="neither file nor address"):
        open_report(review, "embase:4", opened.append)


def test_a_file_that_is_not_in_this_folder_is_said(review: Review, shell: Shell, pdfs: Callable[..., Path]) -> None:
    shell("retrieve", "embase:1", "retrieved", "--file", pdfs("paper") / "paper.pdf")
    (kept,) = (review.folder / "fulltext").iterdir()
    kept.unlink()
    assert full_text_locations(review, "embase:1")[0].missing
    with pytest.raises(PrismaError, match="is not in this folder"):
        open_report(review, "embase:1", print, LocationKind.PDF)
    assert "(not in this folder)" in shell("open", "embase:1", "--list")


@pytest.mark.parametrize(
    "target",
    ["javascript:alert(1)", "file:///etc/passwd", "http://", "https://a b", "ftp://a/b", "https://[bad", "-x", "https://a\n.b"],
)
def test_only_web_addresses_and_files_are_handed_on(target: str) -> None:
    assert not is_address(target)
    with pytest.raises(PrismaError, match="neither a web address nor a file"):
        system_viewer(target)


@pytest.mark.parametrize(
    ("name", "content"),
    [("Paper.command", b"%PDF-1.7"), ("paper.pdf", b"#!/bin/sh"), ("paper.pdf", b""), ("paper", b"%PDF-1.7")],
)
@pytest.mark.posix
def test_a_file_that_is_no_pdf_is_not_handed_to_a_viewer(
    tmp_path: Path, name: str, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "_program", lambda surroundings: pytest.fail("a viewer was looked for"))
    (tmp_path / name).write_bytes(content)
    (tmp_path / "link.pdf").symlink_to(tmp_path / name)
    for path in (tmp_path / name, *([tmp_path / "link.pdf"] if name != "paper.pdf" else [])):
        with pytest.raises(PrismaError, match="is not a PDF"):
            system_viewer(str(path))


def test_an_attached_file_that_is_no_pdf_any_more_is_not_opened(
    shell: Shell, review: Review, pdfs: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "_program", lambda surroundings: pytest.fail("a viewer was looked for"))
    shell("retrieve", "embase:1", "retrieved", "--file", pdfs("paper") / "paper.pdf")
    (kept,) = (review.folder / "fulltext").iterdir()
    kept.write_bytes(b"#!/bin/sh")
    assert "is not a PDF" in shell("open", "embase:1", code=1)


@pytest.mark.posix
def test_in_a_folder_of_pdfs_links_and_pipes_are_told_and_not_read(
    shell: Shell, review: Review, pdfs: Callable[..., Path], tmp_path: Path
) -> None:
    folder = pdfs("embase_4")
    (tmp_path / "outside.pdf").write_bytes(b"%PDF-1.7 outside")
    (folder / "embase_3.pdf").symlink_to(tmp_path / "outside.pdf")
    os.mkfifo(folder / "embase_2.pdf")
    (tmp_path / "shelf").symlink_to(folder)
    told = shell("retrieve", "--folder", tmp_path / "shelf", "--json")
    assert [one["key"] for one in told["attached"]] == ["embase:4"]
    assert {Path(one["file"]).name: one["why"] for one in told["doubtful"]} == {
        "embase_3.pdf": "it is a link",
        "embase_2.pdf": "it is not a file (a device or pipe)",
    }


def test_links_that_are_no_addresses_are_not_offered(make_review: Callable[..., Review], deliver: Deliver) -> None:
    review = make_review(name="links")
    deliver(
        review.store,
        ("W", Citation(title="T", urls=("https://example.org/a", "javascript:x"))),
        source="Site",
        kind=SourceKind.WEBSITE,
    )
    assert [place.target for place in full_text_locations(review, "site:W")] == ["https://example.org/a"]


def test_without_a_screen_the_place_is_told_instead_of_opened(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "_program", lambda surroundings: None)
    assert "The place is: https://doi.org/10.1000/ab.1" in shell("open", "embase:1", code=1)
    assert shell("open", "embase:1", "pubmed", "--json")["places"] == [
        {"what": "pubmed", "target": "https://pubmed.ncbi.nlm.nih.gov/34531250/", "missing": False}
    ]
    assert "cannot be opened; it is one of" in shell("open", "embase:1", "fax", code=2)


def test_the_viewer_gets_the_place_as_one_argument_and_no_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log"
    viewer = tmp_path / "viewer"
    viewer.write_text(f'#!/bin/sh\nprintf "%s" "$1" > {log}.part && mv {log}.part {log}\n', encoding="utf-8")
    viewer.chmod(0o755)
    started: list[Any] = []
    real = subprocess.Popen
    monkeypatch.setattr(links, "_program", lambda surroundings: str(viewer))
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **named: started.append(real(*args, **named)))
    system_viewer("https://example.org/$(touch%20x);y")
    assert started[0].wait(10) == 0
    assert log.read_text(encoding="utf-8") == "https://example.org/$(touch%20x);y"


@pytest.mark.parametrize(
    ("number", "page"),
    [
        ("ISRCTN12345678", "https://www.isrctn.com/ISRCTN12345678"),
        ("EudraCT 2010-012345-12", "https://www.clinicaltrialsregister.eu/ctr-search/search?query=eudract_number:2010-012345-12"),
        ("ChiCTR1800012345", "https://trialsearch.who.int/Trial2.aspx?TrialID=ChiCTR1800012345"),
    ],
)
def test_each_register_has_its_page(number: str, page: str) -> None:
    assert register_page(number) == page
