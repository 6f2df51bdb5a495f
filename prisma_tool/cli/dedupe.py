"""`dedupe`: joining, splitting, explaining."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, reviewer_option, say, tell
from prisma_tool.cli.identity import acting_reviewer, in_application
from prisma_tool.errors import UsageError
from prisma_tool.model.text import counted

if TYPE_CHECKING:
    from prisma_tool.dedupe.run import DedupeReport
    from prisma_tool.review.open_review import Review


@click.command("dedupe")
@click.option(
    "--review",
    "go_through",
    is_flag=True,
    help="Go through the uncertain pairs in the terminal application, then (l) the least certain joined ones.",
)
@click.option("--strict", is_flag=True, help="Join on certain grounds only; leave the rest to a person.")
@click.option("--merge", nargs=2, metavar="KEY KEY", help="State that two records describe the same report.")
@click.option("--split", metavar="KEY", help="Take a record out of its cluster.")
@click.option("--not-duplicate", nargs=2, metavar="KEY KEY", help="State that two records are two reports.")
@click.option("--explain", metavar="KEY", help="Tell why records are, or are not, together with this one.")
@click.option(
    "--files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE...",
    help="Deduplicate these citation files instead of a review; needs -o.",
)
@click.argument("more_files", nargs=-1, type=click.Path(path_type=Path), metavar="")
@click.option(
    "-o",
    "output",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="With --files: unique records, in the format of the suffix.",
)
@click.option("--report", type=click.Path(path_type=Path), metavar="CSV", help="With --files: the judged pairs, with reasons.")
@click.option("--encoding", metavar="NAME", help="With --files: their encoding, where it is in doubt, such as cp1251; decides.")
@reviewer_option
@json_option
@pass_caller
def dedupe_command(
    caller: Caller,
    go_through: bool,
    strict: bool,
    merge: tuple[str, str] | None,
    split: str | None,
    not_duplicate: tuple[str, str] | None,
    explain: str | None,
    files: tuple[Path, ...],
    more_files: tuple[Path, ...],
    output: Path | None,
    report: Path | None,
    encoding: str | None,
    reviewer: str | None,
    as_json: bool,
) -> None:
    """Join records that describe the same report. Nothing is deleted, every merge has its reason and can be undone."""
    if sum(value is not None for value in (go_through or None, merge, split, not_duplicate, explain, files or None)) > 1:
        raise UsageError("Give one of --review, --merge, --split, --not-duplicate, --explain, --files at a time.")
    if files:
        _files((*files, *more_files), output, report, encoding, strict=strict, as_json=as_json)
        return
    if more_files or output or report or encoding:
        raise UsageError(
            "File names, -o, --report and --encoding belong to --files, as in `dedupe --files a.ris b.nbib -o unique.ris`."
        )
    with caller.review() as review:
        if go_through:
            _go_through(caller, review, acting_reviewer(review, reviewer, in_application(caller.settings())))
        elif explain is not None:
            _explain(review, explain, as_json=as_json)
        elif merge is not None or split is not None or not_duplicate is not None:
            _by_hand(review, merge, split, not_duplicate, review.reviewer(reviewer))
            if not as_json:
                _say_clusters(review, merge or not_duplicate or (str(split),))
            _report(review, as_json=as_json)
        else:
            _run(review, strict=strict, as_json=as_json)


def _go_through(caller: Caller, review: Review, reviewer: str) -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "`dedupe --review` needs a terminal; from a script use `prisma-tool dedupe --merge` or `--not-duplicate`."
        )
    from prisma_tool.tui.app import run

    run(review, reviewer, "duplicates", caller.settings())


def _by_hand(
    review: Review, merge: tuple[str, str] | None, split: str | None, not_duplicate: tuple[str, str] | None, reviewer: str
) -> None:
    from prisma_tool.dedupe import manual

    if merge:
        for objection in manual.objections(review, *merge):
            tell(f"Note: {objection}. They are joined all the same; `prisma-tool dedupe --split {merge[1]}` parts them.")
        manual.merge(review, *merge, reviewer)
    elif split is not None:
        manual.split(review, split, reviewer)
    elif not_duplicate:
        manual.not_duplicate(review, *not_duplicate, reviewer)


def _say_clusters(review: Review, keys: tuple[str, ...]) -> None:
    """How the records that were spoken of stand now."""
    from prisma_tool.dedupe.manual import explain

    for members in dict.fromkeys(tuple(explain(review, key)[0]) for key in keys):
        say(f"{' and '.join(members)} {'are one report' if len(members) > 1 else 'is a report by itself'}.")


def _run(review: Review, *, strict: bool, as_json: bool) -> None:
    from prisma_tool.dedupe.run import deduplicate, last_findings

    report = deduplicate(review, time.monotonic, strict=strict)
    _say_report(report, as_json=as_json)
    if as_json:
        return
    _say_least_certain(report)
    with review.store.read() as transaction:
        findings = last_findings(transaction)
    if findings:
        say("\nThe last pass that had new records found, by rule and sources:")
    for verdict, rule, sources, n in findings:
        say(f"  {n:6d}  {verdict}: {rule} ({sources})")
    _say_uncertain(review)


def _report(review: Review, *, as_json: bool) -> None:
    from prisma_tool.dedupe.run import current_report

    with review.store.read() as transaction:
        report = current_report(transaction)
    _say_report(report, as_json=as_json)
    if not as_json:
        _say_least_certain(report)
        _say_uncertain(review)


def _say_report(report: DedupeReport, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(report))
        return
    say(
        f"{report.records} records are {report.unique} reports: {report.duplicates_removed} duplicates in {report.clusters} clusters, "
        f"{report.uncertain} {'pair waits' if report.uncertain == 1 else 'pairs wait'} for a person ({report.seconds:.1f} s)"
    )


def _say_least_certain(report: DedupeReport) -> None:
    """That there are joined pairs to look at; nothing was undone."""
    asked, n = report.joined_before_would_ask, report.least_certain
    if asked:
        say(
            f"{counted(asked, 'pair')} joined before would now be asked: `prisma-tool dedupe --review`, then Tab. Nothing was undone."
        )
    if n:
        say(
            f"{counted(n, 'joined pair')} {'is' if n == 1 else 'are'} least certain: "
            f"`prisma-tool dedupe --review`, then Tab, shows {'it' if n == 1 else 'them'}."
        )


def _files(
    paths: tuple[Path, ...], output: Path | None, report: Path | None, encoding: str | None, *, strict: bool, as_json: bool
) -> None:
    from prisma_tool.dedupe.without_review_files import Outputs, deduplicate_files
    from prisma_tool.formats.text.encodings.given_encoding import known_encoding

    if output is None:
        raise UsageError("Say where the unique records go, as in `dedupe --files a.ris b.nbib -o unique.ris`.")
    codec = known_encoding(encoding) if encoding else None
    result = deduplicate_files(paths, Outputs(output, report), tell, time.monotonic, strict=strict, encoding=codec)
    _say_report(result, as_json=as_json)
    for path in filter(None, (output, report)):
        tell(f"Wrote {path}.")


_LISTED = 20


def _say_uncertain(review: Review) -> None:
    from prisma_tool.dedupe.manual import uncertain_pairs

    waiting = uncertain_pairs(review)
    for pair in waiting[:_LISTED]:
        say(f"\n  {pair.a}  {pair.title_a}\n  {pair.b}  {pair.title_b}\n    {pair.reason}")
    if len(waiting) > _LISTED:
        say(f"\n  and {len(waiting) - _LISTED} more.")
    if waiting:
        say(
            "\nGo through them with `prisma-tool dedupe --review`, or settle a pair with `prisma-tool dedupe --merge KEY KEY` or `prisma-tool dedupe --not-duplicate KEY KEY`."
        )


def _explain(review: Review, key: str, *, as_json: bool) -> None:
    from prisma_tool.dedupe.manual import doubts, explain
    from prisma_tool.dedupe.run import neighbours

    members, verdicts = explain(review, key)
    doubted = doubts(review, key)
    judged = [
        {
            "a": pair.subject,
            "b": pair.text("other"),
            "verdict": pair.text("verdict"),
            "by": pair.reviewer,
            "reason": pair.text("reason"),
        }
        for pair in verdicts
    ]
    stated = {(pair["a"], pair["b"]) for pair in judged}
    apart = [
        {"a": pair.a, "b": pair.b, "verdict": pair.comparison.verdict.value, "reason": pair.comparison.reason}
        for pair in neighbours(review, key)
        if (pair.a, pair.b) not in stated
    ]
    if as_json:
        least = [{"a": pair.a, "b": pair.b, **asdict(pair.certainty), "reason": pair.explanation} for pair in doubted]
        print_json({"key": key, "cluster": members, "verdicts": judged, "apart": apart, "least_certain": least})
        return
    others = [name for name in members if name != key]
    say(f"{key} is one report with {', '.join(others)}." if others else f"{key} has no duplicates in this review.")
    for pair in judged:
        say(f"  {pair['a']} and {pair['b']}: {pair['verdict']}, by {pair['by']}: {pair['reason']}")
    for doubt in doubted:
        say(f"  least certain: {doubt.a} and {doubt.b}: {doubt.explanation}")
    for pair in apart[:_LISTED]:
        say(f"  not joined: {pair['a']} and {pair['b']}: {pair['reason']}")
