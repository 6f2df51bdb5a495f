"""`edit`, `label` and `note`: what people say about a record itself."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, reviewer_option, say
from prisma_tool.errors import UsageError
from prisma_tool.model.text import one_line

if TYPE_CHECKING:
    from prisma_tool.records.corrections import Correction

_SHOWN = 160


@click.command("edit")
@click.argument("key")
@click.argument("field", required=False)
@click.argument("value", required=False)
@click.option("--undo", is_flag=True, help="Take back the correction of FIELD.")
@reviewer_option
@json_option
@pass_caller
def edit_command(
    caller: Caller, key: str, field: str | None, value: str | None, undo: bool, reviewer: str | None, as_json: bool
) -> None:
    """Correct a FIELD of the record KEY; what its source delivered is kept and shown beside it.

    VALUE - reads it from standard input, to paste an abstract; an empty VALUE empties the field. Authors are parted by
    semicolons. Without FIELD all fields are listed. Later deliveries of the record do not overwrite a correction; where the
    source changes what was corrected, `status --attention` tells it.
    """
    from prisma_tool.records.corrections import edit, fields_of, take_back

    _check_form(field, value, undo=undo)
    with caller.review() as review:
        if field is None:
            fields = fields_of(review, key)
        elif undo:
            fields = [take_back(review, key, field, review.reviewer(reviewer))]
        else:
            fields = [edit(review, key, field, _typed(str(value)), review.reviewer(reviewer))]
    if as_json:
        print_json({"key": key, "fields": [asdict(correction) for correction in fields]} if field is None else asdict(fields[0]))
        return
    for correction in fields if field is not None else filter(_is_filled, fields):
        say(_line(correction))


def _check_form(field: str | None, value: str | None, *, undo: bool) -> None:
    if undo and (field is None or value is not None):
        raise UsageError("To take a correction back say `prisma-tool edit KEY FIELD --undo`.")
    if not undo and field is not None and value is None:
        raise UsageError("Give KEY, FIELD and VALUE; VALUE - reads it from standard input.")


def _typed(value: str) -> str:
    return sys.stdin.read() if value == "-" else value


def _is_filled(correction: Correction) -> bool:
    return bool(correction.value or correction.was)


def _line(correction: Correction) -> str:
    line = f"{correction.field}: {_short(correction.value) or '(empty)'}"
    if not correction.by and not correction.at:
        return line
    origin = f" from {one_line(correction.origin)}" if correction.origin else ""
    return f"{line}  [edited by {one_line(correction.by)}{origin}; the source has: {_short(correction.was) or '(nothing)'}]"


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


@click.command("label")
@click.argument("key")
@click.argument("label", metavar="L")
@click.option("--remove", is_flag=True, help="Take the label off.")
@reviewer_option
@json_option
@pass_caller
def label_command(caller: Caller, key: str, label: str, remove: bool, reviewer: str | None, as_json: bool) -> None:
    """Put the label L on the record KEY, or take it off. `export --label L` and --where 'label = L' find it."""
    from prisma_tool.records.labels import label as put

    with caller.review() as review:
        labels, changed = put(review, key, label, review.reviewer(reviewer), labelled=not remove)
    if as_json:
        print_json({"key": key, "labels": labels, "changed": changed})
        return
    change = "" if changed else "nothing changed; "
    say(f"{key}: {change}{'labels: ' + ', '.join(labels) if labels else 'no labels'}.")


@click.command("note")
@click.argument("key")
@click.argument("text")
@reviewer_option
@json_option
@pass_caller
def note_command(caller: Caller, key: str, text: str, reviewer: str | None, as_json: bool) -> None:
    """Keep a note on the record KEY; TEXT - reads it from standard input."""
    from prisma_tool.screening.decisions import add_note

    with caller.review() as review:
        name, typed = review.reviewer(reviewer), _typed(text)
        add_note(review, key, typed, name)
    if as_json:
        print_json({"key": key, "note": typed.strip(), "reviewer": name})
        return
    say(f"{key}: note by {name} stored.")
