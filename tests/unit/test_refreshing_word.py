"""A manuscript in Word is renewed in its generated parts alone, whatever its authors have made of the document meanwhile."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from PIL import Image

from prisma_tool.errors import PrismaError
from prisma_tool.manuscript.document.blocks import Heading, Paragraph, Picture, Points, Table
from prisma_tool.manuscript.review_document.parts import GeneratedPart, Manuscript, ManuscriptSettings, PageTurn
from prisma_tool.manuscript.review_document.renewal import PartResult, PartState
from prisma_tool.manuscript.review_document.word_file import new_word_file, opened_word_file, renewed_word_file

SETTINGS = ManuscriptSettings("", "vancouver")
DOCUMENT = "word/document.xml"


def png(colour: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (40, 20), colour).save(stream, "PNG")
    return stream.getvalue()


def manuscript(n: int, settings: ManuscriptSettings = SETTINGS) -> Manuscript:
    """A manuscript of which each part names a number."""
    return Manuscript(
        "A review",
        (
            Heading(1, "Methods"),
            GeneratedPart("methods.screening", (Paragraph(f"{n} records were screened."),)),
            GeneratedPart("results.figure", (Picture(png("red" if n == 1 else "blue"), f"Flow of {n}", 5, "flow"), Paragraph("Figure 1."))),
            PageTurn(),
            Heading(1, "Appendices"),
            GeneratedPart("appendix.excluded", (Table(("Report", "Reason"), ((f"Report {n}", "Wrong"),)),), landscape=True),
            GeneratedPart("appendix.search", (Heading(2, "Sources"), Points((f"Source {n}", "Other")), Paragraph("End"))),
        ),
        settings,
    )  # fmt: skip


NEW = new_word_file(manuscript(1))
EDITED = re.compile(r"edited by hand")


def text_of(data: bytes, member: str = DOCUMENT) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(member).decode()


def changed(data: bytes, change: Callable[[str], str], member: str = DOCUMENT) -> bytes:
    """The document with the text of a member changed, as another program would write it."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == member:
                assert change(content.decode()) != content.decode()
                content = change(content.decode()).encode()
            new.writestr(name, content)
    return target.getvalue()


def with_members(data: bytes, added: dict[str, bytes]) -> bytes:
    target = io.BytesIO(data)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in added.items():
            archive.writestr(name, content)
    return target.getvalue()


def refreshed(
    data: bytes, n: int = 2, *, overwrite: bool = False, settings: ManuscriptSettings = SETTINGS
) -> tuple[bytes, list[PartResult]]:
    return renewed_word_file(opened_word_file(data), manuscript(n, settings), overwrite=overwrite)


def states(results: list[PartResult]) -> dict[str, PartState]:
    return {result.name: result.state for result in results}


def control(data: bytes, name: str) -> str:
    found = re.search(rf'<w:sdt>(?:(?!<w:sdt>).)*?"prisma-tool:{name}:.*?</w:sdt>', text_of(data), re.DOTALL)
    assert found is not None
    return found.group()


def test_equal_manuscripts_give_equal_bytes() -> None:
    assert new_word_file(manuscript(1)) == NEW


def test_a_refresh_without_news_leaves_every_byte() -> None:
    after, results = refreshed(NEW, 1)
    assert after == NEW
    assert set(states(results).values()) == {PartState.UNCHANGED}


def test_a_refresh_renews_every_part_and_the_next_one_none() -> None:
    after, results = refreshed(NEW)
    assert list(states(results).values()) == [PartState.RENEWED] * 4
    body = text_of(after)
    assert "2 records were screened." in body
    assert "1 records were screened." not in body
    assert "Report 2" in body
    assert refreshed(after)[0] == after
    assert docx.Document(io.BytesIO(after)).paragraphs[0].text == "A review"


def test_the_authors_words_outside_parts_stay_byte_for_byte() -> None:
    own = "<w:p><w:r><w:t>Our   own words, “quoted” &amp; odd\t.</w:t></w:r></w:p>"
    before = changed(NEW, lambda xml: xml.replace("<w:sdt>", f"{own}<w:sdt>", 2).replace("Methods", "How we did it"))
    before = with_members(before, {"word/comments.xml": b"<comments by='us'/>", "word/media/ours.png": png("green")})
    after, _ = refreshed(before)
    outside = re.compile(r"<w:sdt\b.*?</w:sdt>", re.DOTALL)
    assert outside.split(text_of(after)) == outside.split(text_of(before))
    with zipfile.ZipFile(io.BytesIO(before)) as old, zipfile.ZipFile(io.BytesIO(after)) as new:
        touched = {name for name in old.namelist() if old.read(name) != new.read(name)}
        assert touched <= {DOCUMENT, "word/_rels/document.xml.rels", "[Content_Types].xml"}
        assert new.namelist()[: len(old.namelist())] == old.namelist()


def test_a_part_that_was_moved_is_renewed_where_it_stands() -> None:
    moved = control(NEW, "appendix.excluded")
    before = changed(NEW, lambda xml: xml.replace(moved, "").replace("<w:sdt>", f"{moved}<w:sdt>", 1))
    after, results = refreshed(before)
    assert states(results)["appendix.excluded"] is PartState.RENEWED
    assert text_of(after).index("Report 2") < text_of(after).index("2 records were screened")


def test_the_settings_that_authors_gave_to_a_control_stay() -> None:
    before = changed(NEW, lambda xml: xml.replace("</w:sdtPr>", '<w:lock w:val="sdtLocked"/></w:sdtPr>'))
    assert text_of(refreshed(before)[0]).count('<w:lock w:val="sdtLocked"/>') == 4


def test_an_edited_part_is_kept_and_said_unless_it_is_to_be_overwritten() -> None:
    before = changed(NEW, lambda xml: xml.replace("1 records were screened.", "One record was screened, we think."))
    after, results = refreshed(before)
    [edited] = [result for result in results if result.name == "methods.screening"]
    assert (edited.state, bool(EDITED.search(edited.why))) == (PartState.KEPT, True)
    assert "One record was screened, we think." in text_of(after)
    after, results = refreshed(before, overwrite=True)
    [edited] = [result for result in results if result.name == "methods.screening"]
    assert (edited.state, edited.why) == (PartState.RENEWED, "what was edited by hand was overwritten")
    assert "we think" not in text_of(after)


INSIDE = {
    "comment": '<w:commentRangeStart w:id="1"/>',
    "tracked changes": '<w:ins w:id="7" w:author="B"><w:r><w:t>new</w:t></w:r></w:ins>',
    "footnote": '<w:r><w:footnoteReference w:id="2"/></w:r>',
    "cross-reference": '<w:bookmarkStart w:id="3" w:name="_Ref123"/><w:bookmarkEnd w:id="3"/>',
}


@pytest.mark.parametrize("what", INSIDE)
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_part_that_holds_what_is_the_authors_is_never_replaced(what: str, overwrite: bool) -> None:
    run = "<w:r><w:t>1 records were screened.</w:t></w:r>"
    before = changed(NEW, lambda xml: xml.replace(run, run + INSIDE[what]))
    after, results = refreshed(before, overwrite=overwrite)
    [kept] = [result for result in results if result.name == "methods.screening"]
    assert kept.state is PartState.KEPT
    assert what in kept.why
    assert INSIDE[what] in text_of(after)


def test_a_bookmark_of_a_table_of_contents_does_not_keep_a_part() -> None:
    run = "<w:r><w:t>1 records were screened.</w:t></w:r>"
    toc = '<w:bookmarkStart w:id="3" w:name="_Toc123"/><w:bookmarkEnd w:id="3"/>'
    before = changed(NEW, lambda xml: xml.replace(run, toc + run))
    assert states(refreshed(before)[1])["methods.screening"] is PartState.RENEWED


def test_a_part_that_was_deleted_stays_out() -> None:
    gone = control(NEW, "methods.screening")
    after, results = refreshed(changed(NEW, lambda xml: xml.replace(gone, "")))
    assert "methods.screening" not in states(results)
    assert "records were screened" not in text_of(after)


def test_words_whose_control_was_taken_away_are_the_authors() -> None:
    whole = control(NEW, "methods.screening")
    inner = re.sub(r"^<w:sdt>.*?<w:sdtContent>|</w:sdtContent></w:sdt>$", "", whole)
    after, results = refreshed(changed(NEW, lambda xml: xml.replace(whole, inner)))
    assert "methods.screening" not in states(results)
    assert "1 records were screened." in text_of(after)


def test_a_part_that_stands_twice_is_renewed_twice_with_one_set_of_bookmarks() -> None:
    whole = control(NEW, "methods.screening")
    after, results = refreshed(changed(NEW, lambda xml: xml.replace(whole, whole + whole)))
    assert [result.state for result in results if result.name == "methods.screening"] == [PartState.RENEWED] * 2
    assert text_of(after).count("2 records were screened.") == 2
    assert len(re.findall(r'w:name="ptb_methods_screening', text_of(after))) == 1


def test_a_part_inside_another_is_renewed_and_the_outer_one_kept() -> None:
    inner = control(NEW, "methods.screening")
    before = changed(
        NEW, lambda xml: xml.replace(inner, "").replace("Report 1</w:t></w:r></w:p>", f"Report 1</w:t></w:r></w:p>{inner}<w:p/>")
    )
    after, results = refreshed(before, overwrite=True)
    assert states(results)["methods.screening"] is PartState.RENEWED
    assert states(results)["appendix.excluded"] is PartState.KEPT
    assert "Report 1" in text_of(after)
    assert "2 records were screened." in text_of(after)


def test_a_part_that_stands_inside_a_paragraph_is_kept() -> None:
    inner = control(NEW, "methods.screening")
    line = inner.replace("<w:p>", "").replace("</w:p>", "")
    before = changed(NEW, lambda xml: xml.replace(inner, f"<w:p>{line}</w:p>"))
    after, results = refreshed(before, overwrite=True)
    assert "1 records were screened." in text_of(after)
    [kept] = [result for result in results if result.name == "methods.screening"]
    assert (kept.state, "inside a paragraph" in kept.why) == (PartState.KEPT, True)


def test_a_document_of_another_version_is_marked_anew_although_its_words_are_the_same() -> None:
    closed = ManuscriptSettings("first", "vancouver")
    after, results = refreshed(NEW, 1, settings=closed)
    assert set(states(results).values()) == {PartState.RENEWED}
    assert refreshed(after, 1, settings=closed)[0] == after


def test_the_new_picture_comes_with_its_relation_and_the_words_that_describe_it() -> None:
    after, _ = refreshed(NEW)
    opened = docx.Document(io.BytesIO(after))
    blip = next(opened.element.body.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}blip"))
    embedded = blip.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed")
    assert opened.part.related_parts[embedded].blob == png("blue")
    assert 'descr="Flow of 2"' in text_of(after)


def test_a_style_that_a_template_calls_otherwise_is_taken_and_one_that_it_has_not_is_left_out() -> None:
    def poured(xml: str) -> str:
        return xml.replace('w:styleId="Heading3"', 'w:styleId="berschrift3"').replace(
            '<w:name w:val="List Bullet"/>', '<w:name w:val="Own"/>'
        )

    after, _ = refreshed(changed(NEW, poured, "word/styles.xml"))
    search = control(after, "appendix.search")
    assert 'w:val="ListBullet"' not in search
    assert "Source 2" in search


def archive(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return target.getvalue()


ENTITY = '<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "no archive": (lambda: b"\xd0\xcf\x11\xe0 protected", "no Word document"),
    "another archive": (lambda: archive({"a.txt": b""}), "is missing in it"),
    "cut off": (lambda: NEW[:-200], "no Word document"),
    "a document type": (lambda: changed(NEW, lambda xml: xml.replace("<w:document", f"{ENTITY}<w:document", 1)), "document type"),
    "a path that leads out": (lambda: with_members(NEW, {"../evil.xml": b""}), "leads out of it"),
    "an absolute path": (lambda: with_members(NEW, {"/etc/evil": b""}), "leads out of it"),
    "a bomb": (lambda: with_members(NEW, {"word/bomb.xml": bytes(20 << 20)}), "far more than its size"),
    "a signature": (lambda: with_members(NEW, {"_xmlsignatures/sig1.xml": b"<a/>"}), "signed"),
    "damaged text": (lambda: changed(NEW, lambda xml: xml.replace("</w:body>", "")), "damaged"),
    "a strict document": (
        lambda: changed(NEW, lambda xml: xml.replace("http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main")),
        "Strict",
    ),
    "another encoding": (lambda: changed(NEW, lambda xml: re.sub(r"encoding='UTF-8'|encoding=\"UTF-8\"", 'encoding="ISO-8859-1"', xml, count=1)), "encoding"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_safe_document_is_refused_with_a_sentence(what: str) -> None:
    made, words = HOSTILE[what]
    with pytest.raises(PrismaError, match=re.escape(words)):
        opened_word_file(made())


def test_members_that_stand_twice_are_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        doubled = with_members(NEW, {DOCUMENT: b"<a/>"})
    with pytest.raises(PrismaError, match="twice"):
        opened_word_file(doubled)


@pytest.mark.desktop
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here")
def test_a_document_that_libreoffice_saved_is_renewed_again_and_again(tmp_path: Path) -> None:
    def saved(data: bytes, place: str) -> bytes:
        folder = tmp_path / place
        folder.mkdir()
        (tmp_path / "review.docx").write_bytes(data)
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        command = [
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            "docx",
            "--outdir",
            str(folder),
            str(tmp_path / "review.docx"),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        return (folder / "review.docx").read_bytes()

    twice = saved(saved(NEW, "once"), "twice")
    assert set(states(refreshed(twice, 1)[1]).values()) == {PartState.UNCHANGED}
    after, results = refreshed(twice)
    assert list(states(results).values()) == [PartState.RENEWED] * 4
    assert "1 records" not in text_of(after)
    assert list(states(refreshed(saved(after, "again"), 3)[1]).values()) == [PartState.RENEWED] * 4
