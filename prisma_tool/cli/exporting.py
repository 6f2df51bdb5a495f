"""`export`: records and decisions into files."""

from __future__ import annotations

from pathlib import Path

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say, viewer_option
from prisma_tool.model.vocabulary import Stage

SETS = "all, unique, duplicates, included, excluded, undecided, conflicts, maybe, sought, to-retrieve, not-retrieved, assessed, ongoing, awaiting, removed"
WHERE_HELP = """\b
--where takes a condition, such as
  --where 'year >= 2015 and (title ~ "heart failure" or label = pilot)'
  --where 'source in (Embase, Scopus) and not has:abstract'
FIELD ~ TEXT finds the text inside the value; = and != compare whole values
(case and accents do not matter); < <= > >= compare numbers; FIELD in (A, B)
is = with any of a list; has:FIELD asks for any value; and, or, not, brackets.
Fields: key source kind year title abstract author journal keyword doi pmid
nct type language register label stage outcome phase reason reviewer run.
"""


@click.command("export", epilog=WHERE_HELP)
@click.option(
    "-o",
    "outputs",
    required=True,
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A file to write: .ris .nbib .bib .xml (EndNote) .csv .tsv .xlsx .jsonl .json (CSL). Can be repeated.",
)
@click.option("--set", "name", default="all", show_default=True, metavar="SET", help=f"One of {SETS}.")
@click.option("--stage", type=click.Choice([stage.value for stage in Stage]), help="The set as this stage sees it.")
@click.option("--source", metavar="NAME", help="Only records of this source.")
@click.option("--run", metavar="RUN", help="Only records that this run delivered: its id, search or file.")
@click.option("--label", metavar="L", help="Only records with this label.")
@click.option("--where", default="", metavar="CONDITION", help="Only records that meet a condition, see below.")
@click.option("--votes", is_flag=True, help="Also what each reviewer decided and noted (.ris .xml .csv .tsv .xlsx .jsonl).")
@click.option("--original", is_flag=True, help="The entries untouched, as they came; the suffix must fit their format.")
@viewer_option
@json_option
@pass_caller
def export_command(
    caller: Caller,
    outputs: tuple[Path, ...],
    name: str,
    stage: str | None,
    source: str | None,
    run: str | None,
    label: str | None,
    where: str,
    votes: bool,
    original: bool,
    reviewer: str | None,
    as_json: bool,
) -> None:
    """Write records with what has become of them; the format follows the suffix of FILE."""
    from prisma_tool.records.export import Selection, export, export_originals

    whole = narrowed(where, {"source": source, "run": run, "label": label})
    with caller.review() as review:
        selection = Selection(name, Stage(stage) if stage else None, whole, votes, review.viewer(reviewer))
        if original:
            written = export_originals(review, outputs, selection)
        else:
            written = dict.fromkeys(outputs, export(review, outputs, selection))
    if as_json:
        total = sum(written.values()) if original else max(written.values())
        print_json({"set": name, "records": total, "files": [str(path) for path in outputs]})
        return
    for path in outputs:
        say(f"Wrote {written[path]} {'record' if written[path] == 1 else 'records'} to {path}.")


def narrowed(where: str, options: dict[str, str | None]) -> str:
    """The condition of `--where` together with those of the options that name a field."""
    stated = [f"{field} = {_quoted(value)}" for field, value in options.items() if value is not None]
    return " and ".join([*stated, f"({where})"] if where.strip() and stated else stated or [where.strip()])


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
