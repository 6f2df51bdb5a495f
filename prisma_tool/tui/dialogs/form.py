"""What a form asks and does, without its looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from textual.content import Content

Values = Mapping[str, str]
"""What stands in the fields, by their names."""


@dataclass(frozen=True, slots=True)
class FormField:
    """One field: a line of text, several lines, or (with `choices`, labels by value) one of a few values.

    `hint` stands in the field while it is empty; in one that `is_path`, Tab completes names of files. `options` are those of the command
    line that it stands for besides the one of its own name, so that a refusal which names them can name the field. `proposes` gives what
    stands in the field as long as nobody has written in it, by what stands in the others.
    """

    name: str
    label: str
    value: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    lines: int = 1
    is_path: bool = False
    hint: str = ""
    options: tuple[str, ...] = ()
    proposes: Callable[[Values], str] | None = None


def nothing_to_ask(_: Values) -> str:
    """For forms that need no second thought."""
    return ""


def agreed_by_another(question: str, _: Values) -> str:
    """For forms of which one Enter, typed too early, would do too much: always the same question."""
    return question


@dataclass(frozen=True, slots=True)
class EntryForm:
    """A form. `perform` does what it is for and returns what stands now.

    It runs beside the interface, as `preview` does, which gets the number of columns that it may fill, too.
    `consequence` says what Enter does; `question` returns what must be agreed to before, by a second Enter, or nothing. `perform` raises a
    `PrismaError` where it refuses; the form then stays with all that was written in it.
    """

    heading: str
    fields: tuple[FormField, ...]
    perform: Callable[[Values], str]
    consequence: str
    about: str = ""
    preview: Callable[[Values, int], Content] | None = None
    question: Callable[[Values], str] = nothing_to_ask
    folder: Path = field(default_factory=Path.cwd)
    """Where paths begin that name no folder."""

    @property
    def labels(self) -> Values:
        """What the fields are called, by the options that they stand for."""
        return {option: field.label for field in self.fields for option in (field.name, *field.options)}
