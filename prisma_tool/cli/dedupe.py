"""`dedupe`: joining, splitting, explaining."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, reviewer_option, say
from prisma_tool.errors import UsageError

if TYPE_CHECKING:
    from prisma_tool.review.review import Review


@click.command("dedupe")
@click.option("--merge", nargs=2, metavar="KEY KEY", help="State that two records describe the same report.")
@click.option("--split", metavar="KEY", help="Take a record out of its cluster.")
@click.option("--not-duplicate", nargs=2, metavar="KEY KEY", help="State that two records are two reports.")
@click.option("--explain", metavar="KEY", help="Tell why records are, or are not, together with this one.")
@reviewer_option
@json_option
@pass_caller
def dedupe_command(
    caller: Caller,
    merge: tuple[str, str] | None,
    split: str | None,
    not_duplicate: tuple[str, str] | None,
    explain: str | None,
    reviewer: str | None,
    as_json: bool,
) -> None:
    """Join records that describe the same report. Nothing is deleted, every merge has its reason and can be undone."""
    if sum(wish is not None for wish in (merge, split, not_duplicate, explain)) > 1:
        raise UsageError("Give one of --merge, --split, --not-duplicate, --explain at a time.")
    with caller.review() as review:
        if explain is not None:
            _explain(review, explain, as_json=as_json)
        elif merge is not None or split is not None or not_duplicate is not None:
            _by_hand(review, merge, split, not_duplicate, review.reviewer(reviewer))
            _report(review, as_json=as_json, run=False)
        else:
            _report(review, as_json=as_json, run=True)


def _by_hand(
    review: Review, merge: tuple[str, str] | None, split: str | None, not_duplicate: tuple[str, str] | None, reviewer: str
) -> None:
    from prisma_tool.dedupe import by_hand

    if merge:
        by_hand.merge(review, *merge, reviewer)
    elif split is not None:
        by_hand.split(review, split, reviewer)
    elif not_duplicate:
        by_hand.not_duplicate(review, *not_duplicate, reviewer)


def _report(review: Review, *, as_json: bool, run: bool) -> None:
    from prisma_tool.dedupe.engine import deduplicate, standing_report

    if run:
        report = deduplicate(review, time.monotonic)
    else:
        with review.store.read() as transaction:
            report = standing_report(transaction)
    if as_json:
        print_json(asdict(report))
        return
    say(
        f"{report.records} records are {report.unique} reports: {report.duplicates_removed} duplicates in {report.clusters} clusters, "
        f"{report.uncertain} {'pair waits' if report.uncertain == 1 else 'pairs wait'} for a person ({report.seconds:.1f} s)"
    )
    _say_uncertain(review)


_LISTED = 20


def _say_uncertain(review: Review) -> None:
    from prisma_tool.dedupe.by_hand import uncertain_pairs

    waiting = uncertain_pairs(review)
    for pair in waiting[:_LISTED]:
        say(f"\n  {pair.a}  {pair.title_a}\n  {pair.b}  {pair.title_b}\n    {pair.reason}")
    if len(waiting) > _LISTED:
        say(f"\n  and {len(waiting) - _LISTED} more.")
    if waiting:
        say("\nSettle a pair with `prisma-tool dedupe --merge KEY KEY` or `prisma-tool dedupe --not-duplicate KEY KEY`.")


def _explain(review: Review, key: str, *, as_json: bool) -> None:
    from prisma_tool.dedupe.by_hand import explain

    members, verdicts = explain(review, key)
    told = [
        {
            "a": one.subject,
            "b": one.text("other"),
            "verdict": one.text("verdict"),
            "by": one.reviewer,
            "reason": one.text("reason"),
        }
        for one in verdicts
    ]
    if as_json:
        print_json({"key": key, "cluster": members, "verdicts": told})
        return
    others = [name for name in members if name != key]
    say(f"{key} is one report with {', '.join(others)}." if others else f"{key} has no duplicates in this review.")
    for one in told:
        say(f"  {one['a']} and {one['b']}: {one['verdict']}, by {one['by']}: {one['reason']}")
