"""Holding a relation against the numbers of a flow.

Invariant: a check that does not hold gives its signed difference, and what may explain it where something does.
"""

from __future__ import annotations

from prisma_tool.flow.arithmetic.explain_difference import hints
from prisma_tool.flow.arithmetic.relations import Relation
from prisma_tool.flow.flow import Check, CheckKind, Flow


def judge(flow: Flow, relation: Relation, without_box: int = 0, *, kind: CheckKind | None = None, advice: str = "") -> Check:
    """The relation for `flow`.

    Args:
        flow: the flow.
        relation: one of the table.
        without_box: what belongs to the relation's left side and has no box.
        kind: its kind, where that is another than the relation's own.
        advice: what ends the detail where it does not hold.
    """
    difference = relation.difference(flow, without_box)
    detail = relation.detail(flow, without_box)
    if not difference:
        return Check(relation.name, kind or relation.kind, holds=True, detail=detail)
    explained = hints(flow, relation, difference)
    text = f"{detail}; {'; or '.join(explained) or f'{difference:+d}'}{advice}"
    return Check(relation.name, kind or relation.kind, holds=False, detail=text, difference=difference, hints=explained)
