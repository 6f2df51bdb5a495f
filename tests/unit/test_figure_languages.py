"""The figure in other languages: every word of its own is translated, none of the review's, and nothing leaves its box."""

from __future__ import annotations

import json
import re
import string
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from figure_flows import many, usual

from prisma_tool.cli.main import run
from prisma_tool.errors import PrismaError, ReviewError
from prisma_tool.figure.exchange.read_file import from_csv, from_json
from prisma_tool.figure.fonts.faces import font_set
from prisma_tool.figure.layout.layout import lay_out
from prisma_tool.figure.layout.shapes import Bar, Layout
from prisma_tool.figure.layout.templates_2020 import plan
from prisma_tool.figure.render.docx import render_docx
from prisma_tool.figure.render.glyph_coverage import require_glyphs
from prisma_tool.figure.render.html import render_html
from prisma_tool.figure.render.pptx import render_pptx
from prisma_tool.figure.render.svg import render_svg
from prisma_tool.figure.render.terminal import render_text
from prisma_tool.figure.words.caption import caption
from prisma_tool.figure.words.labels import BoxEntry
from prisma_tool.figure.words.languages import page_words
from prisma_tool.figure.words.languages.english_sentences import PARTS, SENTENCES
from prisma_tool.figure.words.languages.language_table import LanguageTable, language_table
from prisma_tool.figure.words.line_breaking import wrap
from prisma_tool.figure.words.options import FigureOptions, Wording
from prisma_tool.figure.write import content_remarks, draw
from prisma_tool.flow.flow import Flow, Participants, Pending, Template
from prisma_tool.flow.included import DROPPED_REPORTS, DROPPED_STUDIES
from prisma_tool.model.protocol.figure_words import ExtraBoxes, FigureWords, Language
from prisma_tool.review.protocol.read import parse_protocol

OTHERS = [language for language in Language if language is not Language.ENGLISH]
TABLES = [language_table(language) for language in OTHERS]
NOTES = (
    "** 12 records were excluded, of which 2 by automation tools (RCT classifier); by whom is not recorded for 3.",
    "** 12 records were excluded, of which 2 by automation tools (RCT classifier).",
    "** 3 of 12 records were excluded by human reviewers; by whom is not recorded for 9.",
    "** The record was excluded by a human reviewer.",
    "** All 154 records were excluded by human reviewers.",
    "1 record marked as ineligible by automation tools was left unscreened when screening was stopped on 2025-03-04 (rule x, y).",
    "2 records listed by a source could not be delivered and are not counted.",
    "1 entry of imported files could not be read and is not counted.",
    "5 duplicate records removed, of which 2 were already screened for the previous version.",
    "2 new records describe a report that the previous version had screened and count as duplicates.",
    "Hits that an earlier version of this review had screened are not counted.",
    "1 record from other methods describes a report identified already and is not sought again.",
    "Records from other methods passed title/abstract screening; 2 reports of them were excluded there and not sought.",
    "2019: a version made elsewhere; only the records that it handed over are counted, as identified and screened.",
    "The previous version (2019) was made elsewhere; its records are not counted as identified.",
    "Carried over: 2 reports of an earlier version were taken up again without a new hit.",
    "2 new reports of previous studies are in the total only (Moreau 2019: 2).",
    "1 study of the previous version is no longer included.",
    "3 reports of the previous version are no longer included.",
    "At title/abstract, 'maybe' was resolved as a conflict instead of going forward.",
    "Register entries of studies with other reports in this review were excluded as already captured.",
    "+3 reports sought (other methods) entered by hand: from before",
    "73 records from registers were screened: 41 without results, 32 already captured through PubMed; none was included.",
)
"""One of every kind of note that counting writes."""


def speaking(flow: Flow, language: Language, **options: object) -> tuple[Flow, FigureOptions]:
    return flow, replace(FigureOptions(language=language), **options)  # type: ignore[arg-type]


def full(template: Template) -> Flow:
    """A flow with every kind of line."""
    other: dict[str, Any] = {"other_screened_records": many(9), "other_excluded_records": many(4)} if "v2" in template else {}
    return replace(
        usual(template),
        titles_excluded=many(703),
        **other,
        ongoing={"Ongoing studies": many(3)},
        ongoing_reports={"Reports of ongoing studies": many(4)},
        awaiting={"Studies awaiting classification": many(2)},
        awaiting_reports={"Reports of studies awaiting classification": many(2)},
        carried_over={"Carried over": many(2)},
        screening_reasons={"Wrong population": many(1)},
        total_studies_ma=many(1),
        total_reports_ma=many(2),
        participants=Participants(296, 23, 25),
        pending=Pending(many(1), many(2), many(3), many(4)),
        unmerged=17,
        footnotes=NOTES,
    )


def own_entries(flow: Flow, options: FigureOptions) -> list[BoxEntry]:
    planned = plan(flow, options)
    entries = [*planned.stamp, *(entry for cell in planned.cells for entry in cell.entries)]
    return [
        entry for entry in entries if ":" not in entry.key or entry.key.startswith(("pending", "ongoing", "awaiting", "carried"))
    ]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.language)
def test_no_word_of_the_figure_stays_english(table: LanguageTable) -> None:
    for template in Template:
        for wording in Wording:
            flow = full(template)
            extra = frozenset(ExtraBoxes) if "v2" in template else frozenset[ExtraBoxes]()
            options = FigureOptions(wording=wording, reasons_at_screening=not extra, show=extra)
            english, said = plan(flow, options), plan(flow, replace(options, language=table.language))
            strings = [re.sub("[*†]", "", entry.label) for entry in own_entries(flow, options)]
            strings += [english.title.removeprefix("Interim "), *(header.text for header in english.headers), *said.phases]
            assert {*strings} <= {*table.labels}
            assert not {*english.footnotes} & {*said.footnotes}
            assert len(english.footnotes) == len(said.footnotes)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.language)
def test_every_sentence_has_its_words_and_keeps_what_changes_in_it(table: LanguageTable) -> None:
    assert table.sentences.keys() == {*SENTENCES, *PARTS}
    for name, forms in table.sentences.items():
        wanted = places({**SENTENCES, **PARTS}[name])
        assert [places(form) for form in forms] == [wanted, wanted], name
    for note in NOTES:
        assert table.sentence(note) != note
        # Numbers, names and what people wrote themselves are still there.
        for part in re.findall(r"\d+|PubMed|Moreau|RCT classifier|from before", note):
            assert part in table.sentence(note)
    assert table.sentence("A note of the team.") == "A note of the team."


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(re.sub(r"\[[^\]]*\]", "", template)) if name}


def test_all_languages_have_words_for_the_same_strings() -> None:
    assert {table.strings for table in TABLES} == {TABLES[0].strings}
    for table in TABLES:
        assert table.reviewed <= table.strings
        assert not table.reviewed or table.published


@pytest.mark.parametrize("language", OTHERS)
def test_text_stays_in_its_box_and_words_stay_whole(language: Language) -> None:
    for width in (90.0, 140.0, 190.0):
        flow, options = speaking(full(Template.UPDATED_V2), language, width_mm=width)
        layout = lay_out(flow, options)
        fonts = layout.fonts or font_set()
        for box in (*layout.boxes, *layout.bars):
            if not (isinstance(box, Bar) and box.vertical):
                for line in box.lines:
                    assert fonts.width(line.text, line.size_pt, bold=line.bold) <= box.width - 2 * layout.padding[0] + 1e-6
        if language is not Language.CHINESE:
            assert broken_words(layout) == []


def broken_words(layout: Layout) -> list[str]:
    """Lines that end within a word."""
    found: list[str] = []
    for box in layout.boxes:
        rest = ""
        for line in box.lines:
            rest = (line.paragraph or rest).removeprefix(line.text)
            if rest and not rest.startswith(" ") and line.text[-1] not in "-/":
                found.append(line.text)
            rest = rest.removeprefix(" ")
    return found


LIVING = {
    "label": "January 2021",
    "counts": {
        "database_results": 100, "records_screened": 100, "records_excluded": 90, "dbr_sought_reports": 10,
        "dbr_notretrieved_reports": 0, "dbr_assessed": 10, "new_studies": 7, "new_reports": 8,
    },
    "lists": {"dbr_excluded": {"Update 2": 2}},
}  # fmt: skip


def living(*, many_versions: bool, tmp_path: Path) -> Flow:
    """A living review of which no version adds up, with a reason that is called as the program calls a version."""
    counts = {key: max(0, n - 1) for key, n in LIVING["counts"].items()}  # type: ignore[attr-defined]
    versions = [
        LIVING,
        *({"label": f"Version {place}", "counts": LIVING["counts"]} for place in range(5 if many_versions else 1)),
    ]
    path = tmp_path / "living.json"
    path.write_text(json.dumps({"versions": versions, "counts": counts, "lists": LIVING["lists"]}))
    flow = from_json(path).flow
    gone = replace(flow.versions[-1].flow, dropped={DROPPED_STUDIES: many(2), DROPPED_REPORTS: many(1)})
    return replace(flow, versions=(*flow.versions[:-1], replace(flow.versions[-1], flow=gone)))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.language)
def test_no_word_of_a_living_review_stays_english_and_its_own_words_stay(table: LanguageTable, tmp_path: Path) -> None:
    for many_versions in (False, True):
        flow = living(many_versions=many_versions, tmp_path=tmp_path)
        for wording in Wording:
            english, said = (plan(flow, FigureOptions(wording=wording, language=language)) for language in (None, table.language))
            labels = [{entry.label for cell in planned.cells for entry in cell.entries} for planned in (english, said)]
            assert labels[0] & labels[1] == {"Update 2"}
            assert not {*english.footnotes} & {*said.footnotes}
            assert len(english.footnotes) == len(said.footnotes) == (6 if many_versions else 5) + (wording is Wording.SCOPING)
            assert english.title != said.title
            assert "Version 0" in " ".join(said.footnotes)
        assert caption(*speaking(flow, table.language)).startswith(table.captions["figure"].split("{", maxsplit=1)[0])
        assert "living systematic" not in caption(*speaking(flow, table.language))


def test_a_list_of_names_has_the_and_of_the_language_and_names_stay_whole() -> None:
    sources = {name: many(1) for name in ("Trials and Results", "PubMed")}
    for names, said in (
        ("PubMed, Embase and Scopus", "PubMed, Embase und Scopus"),
        ("Trials and Results", "Trials and Results"),
        ("PubMed and Trials and Results", "PubMed und Trials and Results"),
    ):
        note = f"2 records from registers were screened: 2 already captured through {names}; none was included."
        flow = replace(usual(Template.NEW_V1), database_specific_results=sources, footnotes=(note,))
        assert said in " ".join(plan(*speaking(flow, Language.GERMAN)).footnotes)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.language)
def test_the_page_around_the_figure_speaks_its_language(table: LanguageTable) -> None:
    flow = full(Template.UPDATED_V2)
    page = render_html(*speaking(flow, table.language))
    assert f'<html lang="{table.language}">' in page
    words = [value for name, value in vars(page_words).items() if name.isupper()]
    assert {*words} <= {*table.labels}
    for word in words:
        assert f">{word}<" not in page
        assert places(word) == places(table.labels[word])
    assert 'lang="en" role="region"' not in render_html(flow)


def test_what_the_review_says_in_its_own_words_is_not_translated() -> None:
    flow = replace(usual(Template.NEW_V1), words=FigureWords({"excluded": "{databases}"}, {"records_screened": "Gesichtet"}))
    text = render_text(flow, 100, FigureOptions(language=Language.GERMAN))
    assert "Gesichtet (n = 1086)" in text
    assert "** PubMed und Embase" in text
    assert "Wrong population (n = 804)" in text
    assert "Auf Eignung geprüfte" in text


def test_an_own_label_keeps_the_colon_of_the_language() -> None:
    flow = replace(usual(Template.NEW_V1), words=FigureWords({"dbr_excluded": "n"}, {"dbr_excluded": "Textes exclus"}))
    labels = [entry.label for entry in own_entries(*speaking(flow, Language.FRENCH))]
    assert "Textes exclus¹\u00a0:" in labels


def test_files_hold_the_same_whatever_language_the_figure_speaks_and_draw_it_again(tmp_path: Path) -> None:
    language = Language.CHINESE
    flow = full(Template.UPDATED_V2)
    options = FigureOptions(language=language)
    for suffix, read in ((".json", from_json), (".csv", from_csv)):
        english, other = tmp_path / f"en{suffix}", tmp_path / f"other{suffix}"
        draw(flow, [english])
        draw(flow, [other], options)
        assert english.read_bytes() == other.read_bytes()
        again = read(other)
        assert render_svg(lay_out(again.flow, options)) == render_svg(lay_out(flow, options))
        # A review that names its language itself says so in its files.
        named = replace(flow, words=FigureWords(language=language))
        draw(named, [other])
        assert render_svg(lay_out(read(other).flow)) == render_svg(lay_out(flow, options))


def test_the_option_is_told_who_checked_the_words_and_what_has_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    numbers = tmp_path / "numbers.json"
    counts = {"database_results": 9, "records_screened": 9, "records_excluded": 4, "dbr_sought_reports": 5}
    counts |= {"dbr_notretrieved_reports": 0, "dbr_assessed": 5, "new_studies": 5, "new_reports": 5}
    numbers.write_text(json.dumps({"counts": counts, "footnotes": ["Our own note."]}))
    assert run(["flow", "--from-json", str(numbers), "--language", "it", "-o", str(tmp_path / "x.svg")]) == 0
    told = capsys.readouterr().err
    assert "translated by this project, not yet checked against a published translation" in told
    assert "Notes without words in Italian stand as they were written: Our own note." in told
    assert "Record sottoposti a screening" in (tmp_path / "x.svg").read_text()
    assert content_remarks(from_json(numbers).flow) == ()
    for more in ([], ["-o", str(tmp_path / "x.md")], ["--notes", str(tmp_path / "notes.txt")]):
        assert run(["flow", "--from-json", str(numbers), "--language", "it", *more]) == 0
        assert capsys.readouterr().err.count("translated by this project") == 1


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.language)
def test_captions_have_every_number_of_the_english_one(table: LanguageTable) -> None:
    flow = full(Template.UPDATED_V2)
    said = caption(*speaking(flow, table.language))
    assert sorted(re.findall(r"\d+", said)) == sorted(re.findall(r"\d+", caption(flow)))
    assert said.startswith(table.captions["figure"].split("{", maxsplit=1)[0])


def test_chinese_breaks_between_characters_but_not_before_a_closing_mark() -> None:
    assert wrap("全部 12 条记录，由人工排除。", 7, len) == ("全部 12 条", "记录，由人工排", "除。")
    assert wrap("甲乙丙（丁戊）", 4, len) == ("甲乙丙", "（丁戊）")
    assert wrap("甲乙丙丁。", 4, len) == ("甲乙丙", "丁。")
    assert wrap("PubMed数据库", 7, len) == ("PubMed数", "据库")


def test_chinese_without_a_font_is_drawn_where_readers_have_fonts_and_refused_with_advice_elsewhere() -> None:
    flow, options = speaking(usual(Template.NEW_V1), Language.CHINESE)
    layout = lay_out(flow, options)
    svg = render_svg(layout)
    assert "Noto Sans CJK SC" in svg
    assert 'xml:lang="zh"' in svg
    assert "textLength" not in next(line for line in svg.splitlines() if "筛选的记录" in line)
    assert render_docx(layout, caption(flow, options))
    assert render_pptx(layout, caption(flow, options))
    with pytest.raises(PrismaError, match=r"--font .for Chinese one such as Noto Sans CJK SC.*DOCX or PPTX"):
        require_glyphs(layout, "PNG")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.language)
def test_the_documentation_says_how_much_of_a_language_was_compared_and_with_what(table: LanguageTable) -> None:
    page = (Path(__file__).parents[2] / "docs" / "figure.md").read_text(encoding="utf-8")
    row = f"| {table.name} | `{table.language}` | {len(table.reviewed)} | {table.published or 'none known here'} |"
    assert row in page


def test_a_protocol_names_the_language_and_the_boxes_and_misspelt_ones_are_refused() -> None:
    figure = parse_protocol('[flow]\nlanguage = "de"\nshow = ["titles"]\n').figure
    assert (figure.language, figure.show) == (Language.GERMAN, (ExtraBoxes.TITLES,))
    for wrong, message in (('language = "xx"', "must be one of: en, es"), ('show = ["title"]', "names out of: titles")):
        with pytest.raises(ReviewError, match=message):
            parse_protocol(f"[flow]\n{wrong}\n")
