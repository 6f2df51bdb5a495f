"""The protocol in forms: each shows what review.toml states, and writes what was changed in it and nothing else.

Invariant: a value that somebody else changed since the form was opened is shown and never written over unasked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from textual.content import Content

from prisma_tool.errors import ReviewError, UsageError
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.protocol.rules import Adjudication, Split
from prisma_tool.model.record.keys import slug
from prisma_tool.model.text import one_line
from prisma_tool.review.protocol.edit_searches import with_search
from prisma_tool.review.protocol.edit_values import Value, crossed, value_at
from prisma_tool.review.protocol.read import FILE_NAME, parse_protocol
from prisma_tool.review.protocol_values import store_text, store_values
from prisma_tool.tui.dialogs.form import EntryForm, FormField, Values
from prisma_tool.tui.protocol.highlight_preview import Sample, highlight_preview
from prisma_tool.tui.protocol.pico import PARTS, parts_of, question_of
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.tui.widgets.highlight import terms

Meaning = Callable[[Values], Mapping[str, Value]]
"""What the fields state, by the paths of review.toml."""
_YES_NO = {"yes": "yes", "no": "no"}
_ROLES = {"reviewers": "Reviewers", "adjudicators": "Adjudicators", "observers": "Observers", "tools": "Automation tools"}
_SPLIT = {
    Split.SHARED.value: "one queue for all",
    Split.HALVES.value: "every reviewer an even share",
    Split.ASSIGNMENT.value: "as assigned",
}
_ADJUDICATION = {
    Adjudication.CONSENSUS.value: "are settled by consensus",
    Adjudication.THIRD.value: "are settled by a third person",
    Adjudication.ADJUDICATORS.value: "are settled by the adjudicators alone",
}


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """review.toml as a form shows it."""

    workspace: Workspace
    text: str
    protocol: Protocol


@dataclass(slots=True)
class _Storing:
    """Stores what was changed in one form. `seen` is the file as the person saw it, `meaning` what fields state, `labels` their names."""

    workspace: Workspace
    seen: str
    opened: Mapping[str, Value]
    meaning: Meaning
    labels: Mapping[str, str]

    def __call__(self, values: Values) -> str:
        """Write what differs from what the form showed.

        Raises:
            ReviewError: somebody else changed the same values meanwhile, or they cannot stand in the file.
        """
        changed = {path: value for path, value in self.meaning(values).items() if value != self.opened[path]}
        if not changed:
            return "Nothing was changed."
        review = self.workspace.review
        now = review.protocol_text()
        others = crossed(self.seen, now, changed)
        is_merged, self.seen = now != self.seen, now
        if others:
            states = "; ".join(f"{self._name(path)} is now {_shown(value_at(now, path))}" for path in others)
            raise ReviewError(f"Somebody else changed this meanwhile: {states}. Ctrl+S once more writes yours in its place.")
        store_values(review, now, changed)
        beside = " What was changed elsewhere meanwhile stands too." if is_merged else ""
        return f"{FILE_NAME} now states: {', '.join(map(self._name, changed))}.{beside}"

    def _name(self, path: str) -> str:
        """What the form calls a value of the file."""
        return self.labels.get(path.rpartition(".")[2], path)


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return one_line("; ".join(map(str, value))) or "empty"
    return f"“{one_line(str(value))}”" if value is not None else "not stated"


def _lines(typed: str) -> tuple[str, ...]:
    return tuple(line for part in typed.splitlines() if (line := one_line(part)))


def _form(
    file: OpenedFile,
    heading: str,
    fields: tuple[FormField, ...],
    meaning: Meaning,
    about: str = "",
    preview: Callable[[Values, int], Content] | None = None,
) -> EntryForm:
    opened = meaning({field.name: field.value for field in fields})
    labels = {name: field.label for field in fields for name in (field.name, *field.options)}
    storing = _Storing(file.workspace, file.text, opened, meaning, labels)
    return EntryForm(heading, fields, storing, f"writes {FILE_NAME}", about, preview)


def question_form(file: OpenedFile) -> EntryForm:
    """Title and question."""
    free, parts = parts_of(file.protocol.question)

    def meaning(values: Values) -> Mapping[str, Value]:
        question = question_of(values["question"], {part: values[part] for part in PARTS})
        return {"title": one_line(values["title"]), "question": question}

    fields = (
        FormField("title", "Title", file.protocol.title),
        FormField("question", "Question", free, lines=4, hint="in your own words"),
        *(FormField(part, part, parts[part], hint="if the question has this part") for part in PARTS),
    )
    return _form(file, "Title and question", fields, meaning)


def team_form(file: OpenedFile) -> EntryForm:
    """Who takes part."""

    def meaning(values: Values) -> Mapping[str, Value]:
        people = {role: _lines(values[role]) for role in _ROLES}
        if people["reviewers"] and not any(file.workspace.reviewer in people[role] for role in _ROLES):
            raise UsageError(f"You work as {file.workspace.reviewer}, so that name must stay; others can take it out for you.")
        return people

    fields = tuple(FormField(role, label, "\n".join(getattr(file.protocol, role)), lines=3) for role, label in _ROLES.items())
    about = "One name a line. A late reviewer takes part of the open records at once; no vote is moved."
    return _form(file, "The team", fields, meaning, about)


def criteria_form(file: OpenedFile) -> EntryForm:
    """What a report must and must not be."""

    def meaning(values: Values) -> Mapping[str, Value]:
        return {f"criteria.{name}": _lines(values[name]) for name in ("include", "exclude")}

    fields = (
        FormField("include", "Include when", "\n".join(file.protocol.include), lines=6),
        FormField("exclude", "Exclude when", "\n".join(file.protocol.exclude), lines=6),
    )
    return _form(file, "Criteria", fields, meaning, "One criterion a line.")


def highlights_form(file: OpenedFile) -> EntryForm:
    """The words that are marked in titles and abstracts, tried on real records."""
    sample: list[Sample] = []

    def meaning(values: Values) -> Mapping[str, Value]:
        return {f"highlight.{name}": _lines(values[name]) for name in ("include", "exclude")}

    def preview(values: Values, _: int) -> Content:
        sample[:] = sample or [Sample.of(file.workspace.review)]
        return highlight_preview(sample[0], terms(_lines(values["include"]), _lines(values["exclude"])))

    fields = (
        FormField("include", "Speaks for", "\n".join(file.protocol.highlight_include), lines=4),
        FormField("exclude", "Speaks against", "\n".join(file.protocol.highlight_exclude), lines=4),
    )
    about = 'One a line: a word, a stem with *, or "a phrase".'
    return _form(file, "Words to highlight", fields, meaning, about, preview)


def rules_form(file: OpenedFile) -> EntryForm:
    """How screening goes; what a stage has otherwise stays as it is."""
    rules = file.protocol.screening

    def meaning(values: Values) -> Mapping[str, Value]:
        if not values["pilot"].strip().isdecimal():
            raise UsageError("A pilot round has a number of records; 0 means that there is none.")
        return {
            "screening.reviewers_per_record": int(values["reviewers_per_record"]),
            "screening.blind": values["blind"] == "yes",
            "screening.maybe": values["maybe"],
            "screening.split": values["split"],
            "screening.pilot": int(values["pilot"]),
            "screening.adjudication": values["adjudication"],
            "screening.screen_other_methods": values["other"] == "yes",
            "screening.title_abstract_reasons": values["reasons"],
        }

    fields = (
        FormField(
            "reviewers_per_record",
            "On each record",
            str(rules.reviewers_per_record),
            {"1": "one reviewer decides", "2": "two reviewers decide"},
        ),
        FormField("blind", "Votes are hidden", "yes" if rules.blind else "no", _YES_NO),
        FormField("maybe", "A maybe", rules.maybe, {"include": "goes on to the full text", "conflict": "is a conflict"}),
        FormField("split", "The records", rules.split, _SPLIT),
        FormField("pilot", "Pilot round of", str(rules.pilot)),
        FormField("adjudication", "Conflicts", rules.adjudication, _ADJUDICATION),
        FormField(
            "other",
            "Other methods",
            "yes" if rules.screen_other_methods else "no",
            {"no": "straight to full text", "yes": "screened too"},
            options=("screen_other_methods",),
        ),
        FormField(
            "reasons",
            "Reasons at titles",
            "optional" if rules.title_abstract_reasons else "off",
            {"optional": "may be named", "off": "are not asked"},
            options=("title_abstract_reasons",),
        ),
    )
    own = " and ".join(stage.value for stage in rules.stages)
    about = f"{own} has rules of its own in the file, which stand before these (e)." if own else ""
    return _form(file, "Rules of screening", fields, meaning, about)


def search_form(file: OpenedFile) -> EntryForm:
    """One more search, of a source that is searched from here or elsewhere."""
    review = file.workspace.review

    def perform(values: Values) -> str:
        source = one_line(values["source"])
        if not source:
            raise UsageError(
                "Name the source: PubMed, ClinicalTrials.gov and Europe PMC are searched from here, others elsewhere."
            )
        name = one_line(values["name"]) or slug(source)
        now = review.protocol_text()
        store_text(review, now, with_search(now, name, source, values["strategy"].strip()))
        return f"{FILE_NAME} now states the search {name} of {source}; 2 runs it, or imports its files."

    fields = (
        FormField("source", "Source", hint="PubMed, ClinicalTrials.gov, Europe PMC, or one that is searched elsewhere"),
        FormField("name", "Name", hint="the source's, unless named here"),
        FormField("strategy", "Strategy", lines=8, hint="as it is typed there; may be numbered lines"),
    )
    return EntryForm("A further search", fields, perform, f"writes {FILE_NAME}")


MakeForm = Callable[[OpenedFile], EntryForm]
SECTIONS: Mapping[str, MakeForm | None] = {
    "Title and question": question_form,
    "Team": team_form,
    "Criteria": criteria_form,
    "Exclusion reasons, in order": None,
    "Words to highlight": highlights_form,
    "Rules of screening": rules_form,
    "Searches": None,
    "A further search": search_form,
}
"""What can be changed, in the order in which one plans a review; the forms of two are elsewhere."""


def section_form(workspace: Workspace, make: MakeForm) -> EntryForm:
    """The form of a section, of the file as it stands now.

    Raises:
        ReviewError: the file cannot be used as it stands.
    """
    text = workspace.review.protocol_text()
    return make(OpenedFile(workspace, text, parse_protocol(text, str(workspace.review.folder / FILE_NAME))))
