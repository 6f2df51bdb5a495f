"""`retrieve --find` and `--request`: full texts by services, and the list for the library of those that no service has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prisma_tool.cli.context import print_json, say, tell
from prisma_tool.cli.progress import progress
from prisma_tool.errors import ExitCode, UsageError
from prisma_tool.model.text import counted

if TYPE_CHECKING:
    from prisma_tool.fulltext.finding.find import FindReport
    from prisma_tool.fulltext.finding.find_request import FindRequest
    from prisma_tool.review.open_review import Review

Command = Callable[..., Any]

_OPTIONS = (
    click.option("--find", is_flag=True, help="Ask services for the full texts of KEYs, or of --all that wait for one."),
    click.option("--all", "all_reports", is_flag=True, help="With --find: every report that is sought and has no file."),
    click.option("--again", is_flag=True, help="With --find: ask also those services that answered in the last seven days."),
    click.option(
        "--any-version",
        is_flag=True,
        help="With --find: take offered copies too, which are submitted versions or of a version that no service names.",
    ),
    click.option("--request", is_flag=True, help="List for the library what is wanted and was not found, with what was tried."),
    click.option(
        "-o",
        "outputs",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="With --request: write FILE: .docx, .csv, .ris, .md.",
    ),
)


def find_options(command: Command) -> Command:
    """The options of `retrieve` that are about finding."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def require_fitting(
    words: tuple[str, ...], *, find: bool, all_reports: bool, others: bool, outputs: tuple[Path, ...], request: bool
) -> None:
    """Check that the options belong together.

    Raises:
        UsageError: they do not.
    """
    if (all_reports or others) and not find:
        raise UsageError("--all, --again and --any-version belong to --find.")
    if find and bool(words) == all_reports:
        raise UsageError("Say for which reports: --find KEY ..., or --find --all.")
    if outputs and not request:
        raise UsageError("-o belongs to --request.")


def find_or_list(
    review: Review, request: FindRequest | None, reviewer: str | None, outputs: tuple[Path, ...], *, as_json: bool
) -> int:
    """Ask services as requested, or where nothing is requested of them write the list for the library; returns the exit code."""
    if request is not None:
        return _find(review, request, review.reviewer(reviewer), as_json=as_json)
    _write_request(review, outputs, as_json=as_json)
    return ExitCode.DONE


def _find(review: Review, request: FindRequest, reviewer: str, *, as_json: bool) -> int:
    from prisma_tool.fulltext.finding.find import find_texts
    from prisma_tool.identify.run.full_text_clients import text_clients

    clients = text_clients(review.environment)
    for sentence in clients.left_out:
        tell(sentence)
    with progress(quiet=as_json) as listener:
        report = find_texts(review, request, reviewer, clients, listener)
    if as_json:
        print_json(_as_json(report))
    else:
        for line in _lines(report):
            say(line)
    return report.exit_code


def _as_json(report: FindReport) -> dict[str, Any]:
    answers = {
        key: [
            {
                "service": one.service, "answer": one.answer, "version": one.version, "licence": one.licence, "address": one.address,
                "remark": one.remark,
            }
            for one in attempts
        ]
        for key, attempts in report.answers.items()
    }  # fmt: skip
    return {
        "wanted": report.wanted,
        "asked_lately": report.lately,
        "unnumbered": list(report.unnumbered),
        "retrieved": report.retrieved,
        "answers": answers,
        "retracted": report.retracted,
        "left_out": list(report.left_out),
        "problems": {name: error.message for name, error in report.problems.items()},
        "requests": report.requests,
        "complete": not (report.problems or report.stopped),
    }


def _lines(report: FindReport) -> Iterator[str]:
    for key, attempts in report.answers.items():
        yield key
        yield from (f"    {attempt.words}" for attempt in attempts)
        if key in report.retrieved:
            yield f"    file: {report.retrieved[key]}"
    for key in report.retracted:
        yield f"RETRACTED: {key} is marked as retracted; see `prisma-tool status`"
    for name, error in report.problems.items():
        yield f"{name} was not asked to the end: {error.message}"
    yield from _summary(report)


def _summary(report: FindReport) -> Iterator[str]:
    yield f"{len(report.retrieved)} of {counted(report.wanted, 'wanted full text')} retrieved, {counted(report.requests, 'request')} sent."
    if report.lately:
        yield f"{report.lately}: every service was asked in the last seven days; --again asks anew."
    if report.unnumbered:
        keys = ", ".join(report.unnumbered)
        yield f"{len(report.unnumbered)} without a number that services go by (DOI, PMID, PMCID): {keys}. `edit KEY doi DOI` gives one."
    if offered := report.offered:
        yield f"{len(offered)} offered in another version: `prisma-tool retrieve --find {offered[0]} --any-version` takes it."
    if report.stopped or report.problems:
        yield "Run the same command again: what was answered is kept, and it goes on from there."
    elif report.wanted > len(report.retrieved):
        yield "Next: `prisma-tool retrieve --request -o list.docx` for the library."


def _write_request(review: Review, outputs: tuple[Path, ...], *, as_json: bool) -> None:
    from prisma_tool.cli.report_tables import give_table
    from prisma_tool.manuscript.tables.request_list import request_list

    give_table(request_list(review), outputs, "the list for the library", as_json=as_json)
