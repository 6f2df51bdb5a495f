"""The words and the JSON of `search --check`, and `--fix`, which writes the cleaned lines into review.toml."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prisma_tool.cli.context import print_json, say, tell
from prisma_tool.cli.strategies import known_data, known_lines
from prisma_tool.errors import ExitCode, UsageError, worst
from prisma_tool.identify.run import services
from prisma_tool.identify.run.progress import Narrator
from prisma_tool.identify.strategy.known_item_test import KnownReport, try_known
from prisma_tool.identify.strategy.known_items import read_known
from prisma_tool.identify.strategy.mend import write_cleaned
from prisma_tool.identify.strategy.peer_review import heading_of, keep_answer
from prisma_tool.identify.strategy.report_text import report_lines
from prisma_tool.identify.strategy.strategy_check import StrategyReport, check_strategies
from prisma_tool.review.protocol.read import FILE_NAME

if TYPE_CHECKING:
    from prisma_tool.model.protocol.protocol import SearchPlan
    from prisma_tool.review.open_review import Review


def check(review: Review, plans: Sequence[SearchPlan], known: Path | None, *, as_json: bool) -> int:
    """Check these searches, with known records where a file of them is given; the exit code is 4 where something stops one of them."""
    items = read_known(known) if known else None
    service = services.services(review.environment)
    reports = list(check_strategies(review, plans, service, Narrator(tell)))
    sound = [plan for plan, report in zip(plans, reports, strict=True) if report.count is not None]
    tested = list(try_known(review, sound, service, Narrator(tell), items)) if items else []
    if as_json:
        print_json({"searches": [_data(report, tested) for report in reports]})
    else:
        for report in reports:
            for line in (
                *report_lines(report),
                *(line for one in tested if one.search == report.search for line in known_lines(one)),
            ):
                say(line)
    return worst([*(report.exit_code for report in reports), *(report.exit_code for report in tested)])


def fix_searches(review: Review, plans: Sequence[SearchPlan]) -> int:
    """Write the cleaned lines of these searches into review.toml, and say what now stands there."""
    for plan in plans:
        mended = write_cleaned(review, plan)
        review = mended.review
        if not mended.strategy:
            say(f"{plan.name}: stands as it would be searched; nothing was changed.")
            continue
        say(f"{plan.name}: {FILE_NAME} now holds the cleaned strategy, the original above it as a comment:")
        for line in mended.strategy.splitlines():
            say(f"  {line}")
    return ExitCode.DONE


def keep_press_answer(review: Review, plans: Sequence[SearchPlan], heading: str, answer: str, *, by: str) -> int:
    """Keep an answer of a peer review for one search.

    Raises:
        UsageError: several searches are meant, or the heading is none of PRESS's.
    """
    if len(plans) > 1:
        raise UsageError("Name the search whose strategy was reviewed: prisma-tool search NAME --press HEADING ANSWER.")
    meant = heading_of(heading)
    keep_answer(review, plans[0], meant, answer, by)
    say(f"{plans[0].name}: kept for the strategy as it stands now, under “{meant}”. `prisma-tool report search` shows it.")
    return ExitCode.DONE


def _data(report: StrategyReport, tested: Sequence[KnownReport]) -> dict[str, Any]:
    data = {name: value for name, value in asdict(report).items() if name != "exit_code"}
    known = next((known_data(known) for known in tested if known.search == report.search), None)
    return {**data, "known": known} if known else data
