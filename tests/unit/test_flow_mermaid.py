"""The flow as Markdown with a Mermaid chart: every number whole, every label text; and the same numbers in every output of text."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from figure_flows import COUNT, extreme, figures, usual
from hypothesis import given

from prisma_tool.figure.layout.layout import lay_out
from prisma_tool.figure.layout.templates_2020 import plan
from prisma_tool.figure.render.markdown import escaped, render_markdown
from prisma_tool.figure.render.mermaid import render_mermaid, safe
from prisma_tool.figure.words.options import PLAIN, FigureOptions
from prisma_tool.figure.write import RENDERERS
from prisma_tool.flow.flow import Flow, Template

NODE = re.compile(r'    \w+\["([^"]*)"\](?::::\w+)?')
LINK = re.compile(r"    (\w+) (?:-->|~~~) (\w+)")


@given(figures())
def test_the_chart_holds_every_box_and_arrow_and_breaks_no_count(figure: tuple[Flow, FigureOptions]) -> None:
    planned = plan(*figure)
    lines = render_mermaid(planned).splitlines()
    nodes = [found[1] for line in lines if (found := NODE.fullmatch(line))]
    assert len(nodes) == len(planned.cells) + len(planned.headers) + bool(planned.stamp)
    assert sum(" --> " in line for line in lines) == len(planned.links)
    rest = [line for line in lines[2:] if not NODE.fullmatch(line) and not LINK.fullmatch(line)]
    assert all(line.startswith("    classDef ") for line in rest)
    entries = [entry for part in (planned.stamp, *(cell.entries for cell in planned.cells)) for entry in part]
    expected = Counter(entry.text.rpartition(" ")[2].replace("\u00a0", " ") for entry in entries if entry.count is not None)
    whole = Counter(
        line[line.rindex("(n = ") :] for node in nodes for line in node.split("<br/>") if line.endswith(")") and "(n = " in line
    )
    assert not {n.replace(",", "").replace("\u2009", "") for n in expected} - {re.sub(r"#8201;|,", "", n) for n in whole}


@pytest.mark.parametrize(
    "label", ['"] --> x', "`md`", "<script>", "%%{init: {}}%%", "#quot;", "style: a#b", "a\\nb", "&lt;", "x:::y", "{a}|b|"]
)
def test_no_character_of_a_label_means_anything_to_mermaid(label: str) -> None:
    assert re.fullmatch(r"(?:[\w ().,=/*†+–-]|#\d+;)*", safe(label))


@pytest.mark.parametrize(
    "label", ["- item", "1. item", "2) item", "# head", "> quote", "| cell |", "<b>", "[x](y)", "http://e.org", "a_b_ *c*"]
)
def test_no_label_is_markup_in_the_markdown(label: str) -> None:
    told = escaped(label)
    assert not re.search(r"(?<!\\)[`*_\[\]<>#|~$&!^]", told)
    assert not re.match(r"\d+[.)]|[|>#]", told)
    assert "http:" not in told


def numbers_in_html(data: bytes) -> set[str]:
    """The counts that stand whole between two tags."""
    return {count for run in re.split(rb"<[^>]*>", data) for count in COUNT.findall(run.decode())}


@pytest.mark.parametrize("template", Template)
def test_the_same_counts_stand_whole_in_page_markdown_csv_and_json(template: Template) -> None:
    flow = usual(template)
    expected = {COUNT.findall(line.text)[-1] for line in lay_out(flow, PLAIN).lines if line.key}
    assert len(expected) > 15
    assert expected == numbers_in_html(RENDERERS[".html"](flow, PLAIN))
    assert expected == {count for line in RENDERERS[".md"](flow, PLAIN).decode().splitlines() for count in COUNT.findall(line)}
    digits = {count[5:-1] for count in expected}
    assert digits <= set(re.findall(r"\d+", RENDERERS[".csv"](flow, PLAIN).decode()))
    told = json.loads(RENDERERS[".json"](flow, PLAIN))
    values = [*told["counts"].values(), *(n for lines in told["lists"].values() for n in lines.values())]
    assert digits == {str(n) for n in values if n is not None}


def test_the_most_extreme_flow_is_written_whole() -> None:
    told = render_markdown(extreme(), PLAIN)
    assert told.count("(n = 9999999)") >= 270
    assert "INTERIM" in told
