"""What became of the records from registers, in one sentence for the reader of the figure.

Pure. Invariant: the sentence says only what votes and links prove; where one of the records still waits, or stands where no reason was
given, there is no sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_tool.flow.counting_input import CountingInput
from prisma_tool.flow.notes.placeholders import listed
from prisma_tool.flow.version_view import CountedReports
from prisma_tool.model.protocol.protocol import CAPTURED, NO_RESULTS
from prisma_tool.reports.state import BEFORE_SCREENING, Phase, Report

_EXCLUDED = frozenset({Phase.SCREENED_OUT, Phase.EXCLUDED})


def register_arm(basis: CountedReports, account: CountingInput) -> str:
    """The sentence, ending in a stop; empty where there is nothing to say, or not everything is known."""
    of_registers = basis.of_registers
    reports = [report for report in basis.reports if report.key in of_registers and report.phase not in BEFORE_SCREENING]
    reasons = [report.reason for report in reports if report.phase in _EXCLUDED]
    included = sum(report.phase is Phase.INCLUDED for report in reports)
    if not {NO_RESULTS, CAPTURED} & {*reasons} or "" in reasons or len(reasons) + included < len(reports):
        return ""
    n = len(reports)
    screened = f"{n} {'record from registers was' if n == 1 else 'records from registers were'} screened"
    return f"{screened}: {', '.join(_parts(reports, reasons, account))}; {_included(included)}."


def _parts(reports: Iterable[Report], reasons: list[str], account: CountingInput) -> Iterator[str]:
    without, captured = reasons.count(NO_RESULTS), reasons.count(CAPTURED)
    if without:
        yield f"{without} without results"
    if captured:
        yield f"{captured} already captured{_through(reports, account)}"
    if len(reasons) > without + captured:
        yield f"{len(reasons) - without - captured} excluded for other reasons"


def _through(reports: Iterable[Report], account: CountingInput) -> str:
    """The sources of the publications that capture the entries, where these are known for every one of them."""
    captured = [report for report in reports if report.phase in _EXCLUDED and report.reason == CAPTURED]
    sources = [account.captured_through.get(report.key, ()) for report in captured]
    if not all(sources):
        return ""
    shared = set(sources[0]).intersection(*sources[1:])
    names = [name for name in sources[0] if name in shared][:1] or list(dict.fromkeys(name for part in sources for name in part))
    return f" through {listed(names)}"


def _included(n: int) -> str:
    return "none was included" if not n else f"{n} {'was' if n == 1 else 'were'} included"
