"""The arithmetic of a flow in plain sentences, as an editor could send them to the authors.

Invariant: every relation that does not hold has its sentence, with the numbers on both sides and the signed difference; what may
explain it is called possible, never certain.
"""

from __future__ import annotations

from collections.abc import Iterator

from prisma_tool.flow.arithmetic.relations import Bound, Relation, side_in_words, side_sum, table
from prisma_tool.flow.flow import Check, CheckKind, Flow

_WEIGHT = {
    CheckKind.STRICT: "As they stand, these numbers contradict each other; please correct them.",
    CheckKind.EXPLAINABLE: "Please correct the numbers, or explain the difference in a footnote.",
    CheckKind.WARNING: "Please look at it again.",
}


def letter(flow: Flow, origin: str, not_judged: tuple[str, ...] = ()) -> str:
    """One paragraph on the flow that `origin` names; `not_judged` are sentences on what could not be compared."""
    failed = [check for check in flow.checks if not check.holds]
    return " ".join((*_opening(flow, origin, failed), *(_sentence(flow, check) for check in failed), *not_judged))


def _opening(flow: Flow, origin: str, failed: list[Check]) -> Iterator[str]:
    yield f"We compared the numbers of the flow diagram ({origin}) with one another, as the boxes of PRISMA 2020 follow from each other."
    checked = len(flow.checks)
    if failed:
        yield f"Of {checked} relations {checked - len(failed)} hold and {len(failed)} {'does' if len(failed) == 1 else 'do'} not."
    else:
        yield f"All {checked} relations that could be checked hold."


def _sentence(flow: Flow, check: Check) -> str:
    if not check.difference:
        return f"{_capital(check.detail)}. {_WEIGHT[check.kind]}"
    relation = next((known for known in table(flow) if known.name == check.name), None)
    # A total that has no box in the figure stands in the detail of its check alone.
    in_short = f"{_capital(check.name)}: {check.detail.partition(';')[0]}"
    possible = "; or ".join(check.hints) or f"{check.difference:+d}"
    return f"{_comparison(flow, relation, check) if relation else in_short}: {possible}. {_WEIGHT[check.kind]}"


def _comparison(flow: Flow, relation: Relation, check: Check) -> str:
    """What is stated, and what is expected from which boxes."""
    stated, account = side_in_words(flow, relation.stated), side_in_words(flow, relation.expected)
    expected = side_sum(flow, relation.stated) - check.difference
    if isinstance(relation, Bound):
        limit, need = (
            ("at most", "every study needs a report") if check.difference > 0 else ("at least", "every report is of a study")
        )
        account += f"; {need}" if relation.stated.endswith("_studies") else ""
        return f"There are {stated}, but {limit} {expected} would follow from {account}"
    return f"There are {stated}, but {expected} would follow from {account}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
