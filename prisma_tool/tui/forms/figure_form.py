"""The form of the figure: its options, and the figure as text before it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from textual.content import Content

from prisma_tool.errors import UsageError
from prisma_tool.figure.render.terminal import render_text
from prisma_tool.figure.words.options import (
    PRESETS,
    SLIDE_MM,
    Direction,
    FigureOptions,
    Palette,
    TextForm,
    Thousands,
    Wording,
)
from prisma_tool.figure.words.record_lines import record_lines
from prisma_tool.figure.write import RENDERERS, draw, needs_records
from prisma_tool.flow.flow import Flow
from prisma_tool.flow.living.read import read_living_flow
from prisma_tool.flow.read import read_flow
from prisma_tool.flow.scope import Scope
from prisma_tool.model.protocol.figure_words import ExtraBoxes, Language
from prisma_tool.tui.dialogs.form import EntryForm, FormField, Values
from prisma_tool.tui.forms.target_file import file_field, replaces, target, typed_path
from prisma_tool.tui.forms.version_forms import version_choices
from prisma_tool.tui.sessions.workspace import Workspace

_LIVING, _CUMULATIVE = "every version (living)", "all versions as one"
_WIDTHS = {"190": "190 mm, a full page", "140": "140 mm, one and a half columns", "90": "90 mm, one column"}
_DIRECTIONS = {"vertical": "down the page, as PRISMA 2020", "horizontal": "from left to right, for a slide"}
_NO_YES = {"": "no", "yes": "yes"}


def figure_form(workspace: Workspace) -> EntryForm:
    """The figure to a file."""
    folder = workspace.review.folder

    def counted_flow(values: Values) -> Flow:
        shown = values["version"]
        if shown == _LIVING:
            return read_living_flow(workspace.review, Scope())[0]
        scope = Scope(cumulative=True) if shown == _CUMULATIVE else Scope(version=shown)
        return read_flow(workspace.review, scope=scope)

    def perform(values: Values) -> str:
        path, flow, options = target(values, folder), counted_flow(values), _options(values)
        notes = typed_path(values["notes"], "the file for the notes", folder) if values["notes"].strip() else None
        if notes is not None:
            options = replace(options, notes_outside=True, hide=options.hide - {"footnotes"})
        records = record_lines(workspace.review, flow) if needs_records([path]) else None
        remarks = draw(flow, [path], options, records, notes)
        return "\n".join([*(f"Wrote {one}." for one in (path, notes) if one), *remarks])

    def preview(values: Values, columns: int) -> Content:
        drawn = render_text(counted_flow(values), columns, _options(values))
        return Content("\n".join(line[:columns] for line in drawn.splitlines()))

    versions = {**version_choices(workspace.review), _CUMULATIVE: _CUMULATIVE, _LIVING: _LIVING}
    about = f"The file's suffix says how: {' '.join(suffix.removeprefix('.') for suffix in RENDERERS)}"
    return EntryForm(
        "Draw the figure",
        _fields(versions),
        perform,
        "writes it",
        about,
        preview,
        partial(replaces, folder, also=("notes",)),
        folder,
    )


def _fields(versions: Mapping[str, str]) -> tuple[FormField, ...]:
    return (
        file_field("prisma.svg", ""),
        FormField("version", "Of", "", versions, options=("cumulative", "template")),
        FormField("width", "Width", "190", _WIDTHS),
        FormField("direction", "Layout", "vertical", _DIRECTIONS, options=("layout",)),
        FormField("palette", "Colours", Palette.COLOUR, {one.value: one.value for one in Palette}),
        FormField("language", "Language", "", {"": "as the review says", **{one.value: one.value for one in Language}}),
        FormField("thousands", "Thousands", Thousands.NONE, {"none": "1234567", "comma": "1,234,567", "thin-space": "1 234 567"}),
        FormField("wording", "Wording", Wording.SYSTEMATIC, {"systematic": "PRISMA 2020", "scoping": "PRISMA-ScR"}),
        FormField("reasons", "Reasons at titles", "", _NO_YES, options=("reasons-at-screening",)),
        *(FormField(f"show-{one}", f"Box: {one}", "", _NO_YES) for one in ExtraBoxes),
        FormField("hide", "Leave out", hint="keys with blanks between, for example: footnotes previous"),
        FormField("dpi", "Resolution", hint="dots an inch of png and tiff, if another than usual"),
        FormField("text", "Letters of an SVG", TextForm.FONT, {"font": "text with its font", "paths": "outlines"}),
        FormField("notes", "Notes apart", hint="a file (.txt .md) for caption and footnotes", is_path=True),
    )


def _options(values: Values) -> FigureOptions:
    """The options as they stand in the form.

    Raises:
        UsageError: a resolution that no figure can have.
    """
    horizontal = values["direction"] == Direction.HORIZONTAL
    dpi = values["dpi"].strip()
    if dpi and not dpi.isdecimal():
        raise UsageError(f"'{dpi}' is no resolution; write a number such as 300.")
    return FigureOptions(
        width_mm=SLIDE_MM if horizontal else PRESETS[values["width"]],
        direction=Direction(values["direction"]),
        palette=Palette(values["palette"]),
        language=Language(values["language"]) if values["language"] else None,
        thousands=Thousands(values["thousands"]),
        wording=Wording(values["wording"]),
        reasons_at_screening=bool(values["reasons"]),
        show=frozenset(one for one in ExtraBoxes if values[f"show-{one}"]),
        hide=frozenset(values["hide"].split()),
        dpi=int(dpi) if dpi else None,
        text=TextForm(values["text"]),
    )
