"""What the two names of `flow diff A B` stand for: a closed version, a run, a date or time, `now`, or a file of `flow -o x.json`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from prisma_tool.errors import FormatError, UsageError
from prisma_tool.file_io import read_file
from prisma_tool.flow.difference import Numbers, numbers_in, of_flow
from prisma_tool.flow.flow import Flow
from prisma_tool.flow.read import flow_at
from prisma_tool.flow.scope import Moment, Scope, moment, run_end, version_moment, version_named
from prisma_tool.model.text import one_line
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.queues import closed_versions

NOW = "now"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_RUN = re.compile(r"[0-9a-f]{8}-?[0-9a-f-]*")


def is_file(name: str) -> bool:
    """True for the name of a JSON file, which needs no review."""
    return name.lower().endswith(".json")


def from_file(path: Path) -> Numbers:
    """The numbers of a file that `flow -o x.json` or `flow --json` wrote.

    Raises:
        FormatError: it is something else.
    """
    try:
        data = json.loads(read_file(path))
        numbers = numbers_in(data)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise FormatError(f"{path} is not a flow as `prisma-tool flow -o FILE.json` writes it.") from error
    if not all(isinstance(n, int) for n in numbers.values()):
        raise FormatError(f"{path} holds a count that is not a whole number.")
    return Numbers(path.name, {one_line(key): n for key, n in numbers.items()}, None)


def from_review(review: Review, name: str, *, cumulative: bool = False) -> Numbers:
    """The flow of the review that `name` stands for.

    Raises:
        UsageError: it stands for nothing.
        PrismaError: the review has no such run, or did not exist at that moment.
    """
    with review.store.read() as transaction:
        flow = _flow(transaction, review, name, cumulative=cumulative)
    return of_flow(name, flow)


def _flow(transaction: Transaction, review: Review, name: str, *, cumulative: bool) -> Flow:
    return flow_at(transaction, review.protocol, _moment(transaction, name), Scope(cumulative=cumulative))


def _moment(transaction: Transaction, name: str) -> Moment:
    closings = closed_versions.standing_closings(transaction)
    if version_named(closings, name) is not None:
        return version_moment(transaction, name)
    if name.casefold() == NOW:
        return Moment()
    if _DATE.match(name):
        return Moment(moment(name))
    if _RUN.fullmatch(name.lower()):
        return Moment(run_end(transaction, name))
    known = f" ({', '.join(closing.label for closing in closings)})" if closings else ""
    raise UsageError(
        f"'{one_line(name)}' is none of: a closed version{known}, a date such as 2025-01-31, the id of a run, 'now', a .json file."
    )


def changes_json(changes: list[Any]) -> list[dict[str, Any]]:
    """The difference as plain data for `--json`."""
    return [
        {
            "box": change.box,
            "before": change.before,
            "after": change.after,
            "moved": change.by,
            "came": change.came,
            "went": change.went,
        }
        for change in changes
    ]
