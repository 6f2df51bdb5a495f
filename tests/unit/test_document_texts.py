"""The text of PDFs: read apart whatever they hold, laid out in paragraphs, kept by their hash."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from invented_pdf import article_pdf, scanned_pdf
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from prisma_tool.errors import PrismaError
from prisma_tool.fulltext.reading import document_text as texts
from prisma_tool.fulltext.reading.document_text import DocumentText, TextPart, as_json, from_json, pages_text
from prisma_tool.fulltext.reading.paragraphs import laid_out
from prisma_tool.fulltext.reading.pdf_pages import MOST_BYTES, DocumentReader
from prisma_tool.fulltext.reading.text_cache import TextCache

WORDS = "Invented for prisma-tool; nobody took part in this trial at all."


@pytest.fixture(scope="module")
def reader() -> Iterator[DocumentReader]:
    made = DocumentReader()
    yield made
    made.close()


def written(*pages: bytes, script: bool = False, password: str = "") -> bytes:
    writer = PdfWriter()
    for page in pages:
        writer.append(PdfReader(io.BytesIO(page)))
    if script:
        action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('invented');")}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_every_page_is_read_with_its_number(reader: DocumentReader) -> None:
    document = reader.read(written(article_pdf("One", words=WORDS), article_pdf("Two", words=WORDS)))
    assert [part.mark for part in document.parts] == ["page 1", "page 2"]
    assert document.parts[1].text.startswith("Two")
    assert (document.problem, document.remarks) == ("", ())


def test_only_so_many_pages_are_read_as_were_asked_for_and_the_rest_is_told(reader: DocumentReader) -> None:
    document = reader.read(written(*[article_pdf("One", words=WORDS)] * 3), most_pages=2)
    assert len(document.parts) == 2
    assert document.remarks == ("the first 2 of 3 pages are shown",)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (scanned_pdf(), texts.SCAN),
        (b"%PDF-1.4 and then nothing of the kind", texts.DAMAGED),
        (written(article_pdf("One"), password="secret"), texts.ENCRYPTED),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(reader: DocumentReader, data: bytes, problem: str) -> None:
    assert reader.read(data) == DocumentText(problem=problem)


def test_scripts_and_pages_without_words_are_remarked_upon(reader: DocumentReader) -> None:
    document = reader.read(written(article_pdf("One", words=WORDS), scanned_pdf(), script=True))
    assert document.remarks == (texts.SCRIPT, "1 of 2 pages have no text, only pictures")
    assert document.problem == ""


def test_what_is_larger_than_200_mb_is_not_read(reader: DocumentReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prisma_tool.fulltext.reading.pdf_pages.MOST_BYTES", 100)
    assert reader.read(b"%PDF-" + bytes(95)).problem == texts.DAMAGED
    assert reader.read(b"%PDF-" + bytes(96)).problem == texts.TOO_LARGE
    assert MOST_BYTES == 200 << 20


def test_a_reader_that_takes_too_long_is_ended_and_begins_anew() -> None:
    hasty = DocumentReader(seconds=0.0)
    assert hasty.read(article_pdf("One", words=WORDS)).problem == texts.STOPPED
    hasty.seconds = 60.0
    assert hasty.read(article_pdf("One", words=WORDS)).problem == ""
    hasty.close()


@pytest.mark.parametrize(("letters", "problem"), [(39, texts.SCAN), (40, "")])
def test_pages_of_fewer_than_40_letters_are_pictures(letters: int, problem: str) -> None:
    assert pages_text(["c" * letters], 1, "", ()).problem == problem


def test_lines_become_paragraphs_and_a_short_line_ends_one() -> None:
    page = "Methods\nWe asked a hundred invented people to\nsleep by day and to work by night.\nResults\nThey slept."
    assert (
        paragraphs(page)
        == "Methods\nWe asked a hundred invented people to sleep by day and to work by night. Results\nThey slept."
    )


def paragraphs(page: str) -> str:
    return laid_out(DocumentText((TextPart("page 1", page),))).parts[0].text


@pytest.mark.parametrize(
    ("page", "joined"),
    [
        ("These are the long meth-\nods of the trial", "methods"),
        ("A trial that was placebo-\ncontrolled; controlled by a placebo", "placebo-controlled"),
        ("All of them received CAR-\nT cells in the first week", "CAR-T"),
    ],
)
def test_a_hyphen_at_the_end_of_a_line_goes_unless_the_text_writes_it(page: str, joined: str) -> None:
    assert joined in paragraphs(page)


@pytest.mark.parametrize(("length", "joined"), [(70, True), (69, False)])
def test_a_line_of_70_of_100_goes_on_in_the_next(length: int, *, joined: bool) -> None:
    page = "\n".join(["c" * length, "next", *["d" * 100] * 20])
    assert (f"{'c' * length} next" in paragraphs(page)) is joined


def test_a_text_is_kept_by_the_hash_of_its_file_and_read_again_where_it_was_damaged(
    tmp_path: Path, reader: DocumentReader
) -> None:
    (tmp_path / "fulltext").mkdir()
    (tmp_path / "fulltext" / "one.pdf").write_bytes(article_pdf("One", words=WORDS))
    cache = TextCache(tmp_path, tmp_path / "cache", reader)
    digest, document = cache.text("fulltext/one.pdf")
    (kept,) = (tmp_path / "cache" / "texts").iterdir()
    assert kept.name.startswith(digest)
    kept.write_text(as_json(DocumentText((TextPart("page 1", "kept \x1b[31m"),))), encoding="utf-8")
    assert cache.text("fulltext/one.pdf")[1].parts[0].text == "kept "
    kept.write_text('{"parts": 3}', encoding="utf-8")
    assert cache.text("fulltext/one.pdf")[1] == document


def test_a_file_outside_the_review_or_behind_a_link_is_not_read(tmp_path: Path, reader: DocumentReader) -> None:
    (tmp_path / "outside.pdf").write_bytes(article_pdf("One", words=WORDS))
    review = tmp_path / "review"
    (review / "fulltext").mkdir(parents=True)
    (review / "fulltext" / "link.pdf").symlink_to(tmp_path / "outside.pdf")
    cache = TextCache(review, tmp_path / "cache", reader)
    for name in ("../outside.pdf", "fulltext/link.pdf", "fulltext/none.pdf"):
        with pytest.raises(PrismaError):
            cache.text(name)


def test_a_text_comes_back_as_it_was_kept_and_nothing_else_is_taken_for_one() -> None:
    document = DocumentText((TextPart("page 1", "Größe"),), "", ("a remark",))
    assert from_json(as_json(document)) == document
    for wrong in ("", "[]", '{"parts": [{}]}', '{"parts": [], "problem": ""}'):
        with pytest.raises(ValueError):
            from_json(wrong)
