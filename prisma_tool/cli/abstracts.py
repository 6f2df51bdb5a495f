"""`abstracts`: missing abstracts from PubMed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, reviewer_option, say
from prisma_tool.cli.progress import progress

if TYPE_CHECKING:
    from prisma_tool.records.missing_abstracts import AbstractResults

_LISTED = 20


@click.command("abstracts")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@reviewer_option
@json_option
@pass_caller
def abstracts_command(caller: Caller, keys: tuple[str, ...], reviewer: str | None, as_json: bool) -> None:
    """Fetch missing abstracts from PubMed by PMID or DOI, for the reports of KEYs or for all, whatever source they came from.

    Nothing is overwritten. Each abstract is kept as an edit that names the PubMed record; `edit KEY abstract --undo` takes it back.
    """
    from prisma_tool.identify.run import services
    from prisma_tool.records.missing_abstracts import fetch_abstracts

    with caller.review() as review:
        client = services.services(review.environment).pubmed
        name = review.reviewer(reviewer)
        with progress(quiet=as_json) as listener:
            result = fetch_abstracts(review, client, name, keys, lambda done, total: listener.advance("abstracts", done, total))
    if as_json:
        print_json(result.as_json())
        return
    _say(result)


def _say(result: AbstractResults) -> None:
    say(f"{len(result.stored)} of {result.missing} missing abstracts were found in PubMed and stored.")
    parts = (
        (result.without, "PubMed has the record but no abstract"),
        (result.unknown, "PubMed does not know the number"),
        (result.unnumbered, "neither PMID nor DOI; paste one: `prisma-tool edit KEY abstract -`"),
    )
    for keys, why in parts:
        if keys:
            more = f" and {len(keys) - _LISTED} more" if len(keys) > _LISTED else ""
            say(f"{len(keys)}: {why} ({', '.join(keys[:_LISTED])}{more})")
    for doubt in result.doubtful:
        say(
            f"{doubt.key} has the number of another work, so nothing was taken: “{doubt.title}”, but PubMed {doubt.pmid} is “{doubt.found_title}”"
        )
