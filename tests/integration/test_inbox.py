"""fulltext/inbox: what is put there is attached by what stands in it, and what is not certain stays with its reason."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from invented_pdf import article_pdf, scanned_pdf
from pypdf import PdfWriter

from prisma_tool.cli.main import run
from prisma_tool.errors import PrismaError
from prisma_tool.fulltext.inbox import (
    ChosenFile,
    InboxContents,
    attach,
    chosen_for_certain,
    look_through,
    waiting_files,
)
from prisma_tool.fulltext.inbox_folder import inbox_of
from prisma_tool.fulltext.reading.pdf_pages import DocumentReader
from prisma_tool.model.record.citation import Author, Citation
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.reports.state import Phase, reports_of
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.store.records import records

Shell = Callable[..., Any]
NIGHT = "Light therapy and sleep in people who work by night"
TEA = "Tea for everyone: an invented cohort of adults"
NUMBER = "10.5555/night.12"


@pytest.fixture(scope="module")
def reader() -> Iterator[DocumentReader]:
    made = DocumentReader()
    yield made
    made.close()


@pytest.fixture
def review(make_review: Callable[..., Review], deliver: Callable[..., records.StoredBatch]) -> Review:
    """Two reports that are sought, and one that is not."""
    made = make_review()
    author = (Author("Moreau", "A"),)
    deliver(
        made.store,
        ("1", Citation(title=NIGHT, authors=author, year=2020, doi=NUMBER)),
        ("2", Citation(title=TEA, authors=author, year=2021, doi="10.5555/tea")),
        ("3", Citation(title="Coffee for some: an invented cohort", authors=author, year=2022, doi="10.5555/coffee")),
    )
    verdicts = (Verdict.INCLUDE, Verdict.INCLUDE, Verdict.EXCLUDE)
    decide(made, [Decision(f"embase:{n}", Stage.TITLE_ABSTRACT, "Ada", verdict) for n, verdict in enumerate(verdicts, 1)])
    return made


@pytest.fixture
def put(review: Review) -> Callable[..., Path]:
    def made(name: str, data: bytes) -> Path:
        path = inbox_of(review) / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return path

    return made


@pytest.fixture
def shell(review: Review, capsys: pytest.CaptureFixture[str]) -> Shell:
    def call(*arguments: str | Path, code: int = 0) -> Any:
        capsys.readouterr()
        assert run(["-C", str(review.folder), *map(str, arguments)]) == code
        out, err = capsys.readouterr()
        return json.loads(out) if "--json" in arguments else out + err

    return call


def phase(review: Review, key: str) -> Phase:
    with review.store.read() as transaction:
        return reports_of(transaction, [key])[key].phase


def test_what_is_certain_is_attached_and_leaves_and_the_rest_stays_with_its_reason(
    review: Review, put: Callable[..., Path], shell: Shell
) -> None:
    certain = put("download (3).pdf", article_pdf(NIGHT, NUMBER))
    staying = [
        put("letter.pdf", article_pdf("A letter", "10.5555/tea")),
        put("scan 10.5555_tea.pdf", scanned_pdf()),
        put("sub/other.pdf", article_pdf("Something else entirely")),
        put("notes.txt", b"notes"),
    ]
    would = shell("retrieve", "--inbox", "--check", "--json")
    assert certain.exists()
    assert phase(review, "embase:1") is Phase.SEEKING
    answer = shell("retrieve", "--inbox", "--json")
    assert {**would, "stored": True} == answer
    assert answer == {
        "attached": [{"file": certain.name, "key": "embase:1", "ground": f"names {NUMBER} on page 1; has its title on page 1"}],
        "doubtful": [
            {
                "file": "letter.pdf",
                "keys": ["embase:2"],
                "why": "names 10.5555/tea on page 1; not its title",
            },
            {
                "file": "scan 10.5555_tea.pdf",
                "keys": ["embase:2"],
                "why": "DOI in the name; but it has no text, only pictures (a scan)",
            },
        ],
        "foreign": [
            {"file": "notes.txt", "why": "it is not a PDF"},
            {"file": "sub/other.pdf", "why": "its first pages name no report that is sought here"},
        ],
        "lacking": 1,
        "stored": True,
    }
    assert phase(review, "embase:1") is Phase.ASSESSING
    assert not certain.exists()
    assert all(path.exists() for path in staying)
    (kept,) = (review.folder / "fulltext").glob("*.pdf")
    assert kept.read_bytes() == article_pdf(NIGHT, NUMBER)
    assert "0 files of fulltext/inbox attached, 2 left to you" in shell("retrieve", "--inbox")


def test_an_inbox_that_was_not_there_is_made_and_empty(review: Review, shell: Shell) -> None:
    assert "No file waits in fulltext/inbox" in shell("retrieve", "--inbox")
    assert (review.folder / "fulltext" / "inbox").is_dir()


def looked(review: Review, reader: DocumentReader) -> InboxContents:
    return look_through(review, reader)


def test_two_files_for_one_report_are_asked_about_and_two_copies_of_one_are_one(
    review: Review, put: Callable[..., Path], reader: DocumentReader
) -> None:
    put("a.pdf", article_pdf(NIGHT, NUMBER))
    put("b.pdf", article_pdf(NIGHT, NUMBER))
    contents = looked(review, reader)
    assert [one.name for one in contents.certain] == ["a.pdf", "b.pdf"]
    put("b.pdf", article_pdf(NIGHT, NUMBER, "an earlier version of the same"))
    contents = looked(review, reader)
    assert contents.certain == ()
    assert all(one.words.endswith("another file claims the same report") for one in contents.unsure)


def test_copies_are_attached_once_and_all_of_them_leave(review: Review, put: Callable[..., Path], reader: DocumentReader) -> None:
    paths = [put(name, article_pdf(NIGHT, NUMBER)) for name in ("a.pdf", "b.pdf")]
    assert len(attach(review, chosen_for_certain(looked(review, reader)), "Ada")) == 1
    assert not any(path.exists() for path in paths)


def test_a_file_that_changed_since_it_was_looked_at_is_not_attached(
    review: Review, put: Callable[..., Path], reader: DocumentReader
) -> None:
    put("a.pdf", article_pdf(NIGHT, NUMBER))
    put("b.pdf", article_pdf(TEA, "10.5555/tea"))
    contents = looked(review, reader)
    path = put("a.pdf", article_pdf("Another work"))
    with pytest.raises(PrismaError, match="has changed since it was looked at"):
        attach(review, chosen_for_certain(contents), "Ada")
    assert path.exists()
    assert phase(review, "embase:2") is Phase.SEEKING


def test_a_person_may_attach_what_is_unsure_and_not_what_is_not_sought(
    review: Review, put: Callable[..., Path], reader: DocumentReader
) -> None:
    put("scan 10.5555_tea.pdf", scanned_pdf())
    put("coffee.pdf", article_pdf("Coffee for some: an invented cohort", "10.5555/coffee"))
    contents = looked(review, reader)
    (scan,), (coffee,) = contents.unsure, contents.foreign
    # What would be refused is not offered.
    assert coffee.candidates == ()
    assert coffee.words.endswith("embase:3 is excluded at title/abstract")
    with pytest.raises(PrismaError, match="full texts are sought"):
        attach(review, [ChosenFile(coffee, "embase:3")], "Ada")
    attach(review, [ChosenFile(scan, "embase:2")], "Ada")
    assert phase(review, "embase:2") is Phase.ASSESSING


def test_a_link_in_the_inbox_is_not_followed(
    review: Review, put: Callable[..., Path], reader: DocumentReader, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.pdf"
    outside.write_bytes(article_pdf(NIGHT, NUMBER))
    (inbox_of(review) / "link.pdf").symlink_to(outside)
    (link,) = looked(review, reader).foreign
    assert link.words == "it is a link"


def test_what_waits_is_seen_without_opening_anything(review: Review, put: Callable[..., Path]) -> None:
    assert waiting_files(review) == ()
    assert not (review.folder / "fulltext" / "inbox").exists()
    put("a.pdf", b"%PDF-1.4")
    ((name, size, _),) = waiting_files(review)
    assert (name, size) == ("a.pdf", 8)


def test_a_pdf_that_does_not_end_as_one_is_never_certain(
    review: Review, put: Callable[..., Path], reader: DocumentReader
) -> None:
    """While it is copied, or where the download broke off, its first pages may stand there already, with an end of their own."""
    whole = article_pdf(NIGHT, NUMBER)
    path = put("copying.pdf", whole + b"7 0 obj\n" + b"." * 1100)
    contents = look_through(review, reader)
    assert contents.certain == ()
    assert [one.candidates[0].key for one in contents.unsure] == ["embase:1"]
    assert "it may still be on its way" in contents.unsure[0].words
    path.write_bytes(whole + b"7 0 obj\n" + b"." * 900)
    assert [one.name for one in look_through(review, reader).certain] == ["copying.pdf"]
    path.write_bytes(whole.removesuffix(b"%%EOF\n"))
    assert look_through(review, reader).certain == ()


def test_an_inbox_that_is_a_link_is_not_emptied(review: Review, reader: DocumentReader, tmp_path: Path) -> None:
    elsewhere = tmp_path / "mine"
    elsewhere.mkdir()
    (elsewhere / "a.pdf").write_bytes(article_pdf(NIGHT, NUMBER))
    folder = inbox_of(review)
    folder.rmdir()
    folder.symlink_to(elsewhere)
    assert waiting_files(review) == ()
    with pytest.raises(PrismaError, match="is a link"):
        look_through(review, reader)
    assert (elsewhere / "a.pdf").exists()


@pytest.mark.parametrize(
    "name", ["a\nb.pdf", "\x1b[2J.pdf", "[bold]x[/bold].pdf", "\udcff.pdf", "x" * 250 + ".pdf", "~.pdf", "..pdf"]
)
def test_a_file_may_be_called_anything_and_is_attached_under_the_key(
    review: Review, put: Callable[..., Path], reader: DocumentReader, name: str
) -> None:
    path = put(name, article_pdf(NIGHT, NUMBER))
    contents = look_through(review, reader)
    attach(review, chosen_for_certain(contents), "Ada")
    if name.startswith("."):
        # Hidden files are what programs leave behind.
        assert path.exists()
    else:
        assert phase(review, "embase:1") is Phase.ASSESSING
        assert not path.exists()


def test_two_equal_files_are_attached_once_and_both_leave(
    review: Review, put: Callable[..., Path], reader: DocumentReader
) -> None:
    paths = [put(name, article_pdf(NIGHT, NUMBER)) for name in ("one.pdf", "two.pdf")]
    assert len(attach(review, chosen_for_certain(look_through(review, reader)), "Ada")) == 1
    assert not any(path.exists() for path in paths)


@pytest.mark.parametrize(("covers", "is_certain"), [(1, True), (2, False)])
def test_the_article_begins_on_one_of_the_first_two_pages(
    review: Review, reader: DocumentReader, put: Callable[..., Path], covers: int, is_certain: bool
) -> None:
    pages = PdfWriter()
    for page in [*[article_pdf("Downloaded from the library of Invented University")] * covers, article_pdf(NIGHT, NUMBER)]:
        pages.append(BytesIO(page))
    whole = BytesIO()
    pages.write(whole)
    put("covered.pdf", whole.getvalue())
    found = looked(review, reader)
    assert (len(found.certain), len(found.foreign)) == ((1, 0) if is_certain else (0, 1))
