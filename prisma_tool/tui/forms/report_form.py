"""The form of what goes with a manuscript: methods, the search appendix, tables, the whole document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from textual.content import Content

from prisma_tool.manuscript.agreement_table import lines as agreement_lines
from prisma_tool.manuscript.checklist.write_checklist import read_checklist
from prisma_tool.manuscript.citations.styles import OwnStyle
from prisma_tool.manuscript.methods.read import read_agreement, read_methods
from prisma_tool.manuscript.methods.text import plain_text
from prisma_tool.manuscript.registration_form import read_registration_form
from prisma_tool.manuscript.review_document.parts import ManuscriptSettings
from prisma_tool.manuscript.review_document.read import read_manuscript
from prisma_tool.manuscript.review_document.write import as_markdown as manuscript_markdown
from prisma_tool.manuscript.review_document.write import refresh, require_new, write_new
from prisma_tool.manuscript.search_appendix.read import read_appendix
from prisma_tool.manuscript.tables.excluded import excluded_table
from prisma_tool.manuscript.tables.not_retrieved import not_retrieved_table
from prisma_tool.manuscript.tables.review_table import ReviewTable
from prisma_tool.manuscript.tables.study_tables import included_table, ongoing_table
from prisma_tool.manuscript.write_appendix import as_markdown as appendix_markdown
from prisma_tool.manuscript.write_appendix import write as write_appendix
from prisma_tool.manuscript.write_team_reports import agreement_writers, methods_writers, write
from prisma_tool.model.file_names import safe_name
from prisma_tool.model.protocol.answers import ChecklistForm
from prisma_tool.model.text import clean
from prisma_tool.review.open_review import Review
from prisma_tool.tui.dialogs.form import EntryForm, FormField, Values
from prisma_tool.tui.forms.target_file import file_field, replaces, target
from prisma_tool.tui.forms.version_forms import version_choices
from prisma_tool.tui.sessions.workspace import Workspace

_SHOWN_LINES = 200
_CHECKLISTS = {
    ChecklistForm.PRISMA_2020: "checklist PRISMA 2020",
    ChecklistForm.ABSTRACTS: "checklist PRISMA for abstracts",
    ChecklistForm.SEARCHES: "checklist PRISMA-S",
    ChecklistForm.SCOPING: "checklist PRISMA-ScR",
    ChecklistForm.LIVING: "checklist PRISMA-LSR",
}

_FILE_NAMES = {
    "search": "search-appendix",
    "excluded": "excluded-reports",
    "included": "included-studies",
    "not-retrieved": "reports-not-retrieved",
    "ongoing": "ongoing-studies",
}
"""What the file of a report is called where its kind alone would not say what it is."""


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """Of which version and for whom a report is, and how its citations look."""

    review: Review
    viewer: str
    version: str
    style: str


@dataclass(frozen=True, slots=True)
class ReportKind:
    """A report: `text` is what it says, `save` writes it and returns what there is to know."""

    title: str
    text: Callable[[ReportRequest], str]
    save: Callable[[ReportRequest, Path], tuple[str, ...]] = field(repr=False)
    renews: bool = False
    """Whether a file that exists is renewed instead of replaced."""


def _saved_methods(request: ReportRequest, path: Path) -> tuple[str, ...]:
    write(methods_writers(read_methods(request.review, request.version)), [path], "the methods section")
    return ()


def _saved_agreement(request: ReportRequest, path: Path) -> tuple[str, ...]:
    write(agreement_writers(read_agreement(request.review, request.version)), [path], "the agreement")
    return ()


def _saved_appendix(request: ReportRequest, path: Path) -> tuple[str, ...]:
    write_appendix(read_appendix(request.review, request.version), [path])
    return ()


def _saved_manuscript(request: ReportRequest, path: Path) -> tuple[str, ...]:
    """A new document, or the generated parts of one that exists, around the authors' own words."""
    if path.exists():
        return refresh(request.review, request.viewer, path, request.version or None, None, overwrite=False).sentences
    require_new([path])
    write_new(read_manuscript(request.review, request.viewer, _manuscript_settings(request)), [path])
    return ()


def _manuscript_settings(request: ReportRequest) -> ManuscriptSettings:
    return ManuscriptSettings(request.version, request.style)


def _table(title: str, read: Callable[[ReportRequest], ReviewTable]) -> ReportKind:
    def text(request: ReportRequest) -> str:
        table = read(request)
        return table.printed or table.markdown

    def save(request: ReportRequest, path: Path) -> tuple[str, ...]:
        table = read(request)
        write(table.writers, [path], title)
        return tuple(table.hints)

    return ReportKind(title, text, save)


def _checklist(form: ChecklistForm) -> ReportKind:
    return _table(_CHECKLISTS[form], lambda request: read_checklist(request.review, form, request.version))


def _saved_protocol(request: ReportRequest, path: Path) -> tuple[str, ...]:
    form = read_registration_form(request.review, request.version)
    write(form.writers, [path], "the protocol")
    return (f"Still open: {', '.join(form.open)}.",) if form.open else ()


KINDS: Mapping[str, ReportKind] = {
    "methods": ReportKind(
        "the methods section", lambda request: plain_text(read_methods(request.review, request.version)), _saved_methods
    ),
    "search": ReportKind(
        "the search appendix", lambda request: appendix_markdown(read_appendix(request.review, request.version)), _saved_appendix
    ),
    "excluded": _table(
        "reports excluded at full text",
        lambda request: excluded_table(request.review, request.viewer, request.version, request.style),
    ),
    "included": _table("included studies", lambda request: included_table(request.review, request.version, request.style)),
    "not-retrieved": _table(
        "reports not retrieved", lambda request: not_retrieved_table(request.review, request.version, request.style)
    ),
    "ongoing": _table(
        "ongoing and awaiting studies", lambda request: ongoing_table(request.review, request.version, request.style)
    ),
    "agreement": ReportKind(
        "agreement of the reviewers",
        lambda request: "\n".join(agreement_lines(read_agreement(request.review, request.version))),
        _saved_agreement,
    ),
    "manuscript": ReportKind(
        "the whole manuscript",
        lambda request: manuscript_markdown(read_manuscript(request.review, request.viewer, _manuscript_settings(request))),
        _saved_manuscript,
        renews=True,
    ),
    "protocol": ReportKind(
        "the protocol, as registers ask for it",
        lambda request: read_registration_form(request.review, request.version).text,
        _saved_protocol,
    ),
    **{f"checklist-{form.value}": _checklist(form) for form in ChecklistForm},
}


def _proposed_name(values: Values) -> str:
    """One name for each report of each version, so that none is written over another."""
    kind, version = values["kind"], values["version"]
    return safe_name(f"{_FILE_NAMES.get(kind, kind)}{f'-{version}' if version else ''}.docx")


def report_form(workspace: Workspace) -> EntryForm:
    """A report to a file."""
    folder = workspace.review.folder

    def request_of(values: Values) -> ReportRequest:
        return ReportRequest(workspace.review, workspace.reviewer, values["version"], values["style"])

    def perform(values: Values) -> str:
        path = target(values, folder)
        return "\n".join([f"Wrote {path}.", *KINDS[values["kind"]].save(request_of(values), path)])

    def question(values: Values) -> str:
        if not KINDS[values["kind"]].renews:
            return replaces(folder, values)
        path = target(values, folder)
        return f"{path.name} exists: once more renews its generated parts, and keeps your words." if path.exists() else ""

    def preview(values: Values, _: int) -> Content:
        lines = clean(KINDS[values["kind"]].text(request_of(values))).splitlines()
        return Content("\n".join(lines[:_SHOWN_LINES]) or "nothing to say yet")

    fields = (
        FormField("kind", "Report", "methods", {name: kind.title for name, kind in KINDS.items()}),
        FormField("version", "Of", "", version_choices(workspace.review)),
        FormField("style", "Citations", "vancouver", {one.value: one.value for one in OwnStyle}),
        file_field("methods.docx", ".docx .md .csv .txt", _proposed_name),
    )
    return EntryForm("Write a report", fields, perform, "writes it", preview=preview, question=question, folder=folder)
