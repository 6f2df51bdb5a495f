"""What the data say of each item of the checklists: one function a topic.

Pure. Invariant: a sentence rests on facts that its command shows; where there are none there is no sentence. An item that also asks for
what no record or event can tell stays incomplete.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from prisma_tool.flow.flow import total
from prisma_tool.manuscript.checklist import search_statements
from prisma_tool.manuscript.checklist.facts import ChecklistFacts
from prisma_tool.manuscript.checklist.protocol_changes import ProtocolChange
from prisma_tool.manuscript.checklist.statement import Statement, listed, were
from prisma_tool.manuscript.tables.excluded import excluded_keys
from prisma_tool.manuscript.tables.study_tables import included_count
from prisma_tool.model.protocol.answers import INDEPENDENCE, ITEMS, ChecklistForm
from prisma_tool.model.text import counted, one_line
from prisma_tool.model.vocabulary import Stage

FLOW = "prisma-tool flow"
PROTOCOL = "prisma-tool report protocol"
PENDING = "Which work is still pending? The numbers are final when none is."


def _title(facts: ChecklistFacts) -> Statement | None:
    title = one_line(facts.rules.title)
    return Statement(f"In review.toml the review is called “{title}”.", PROTOCOL) if title else None


def _question(facts: ChecklistFacts) -> Statement | None:
    question = one_line(facts.rules.question)
    return Statement(question, PROTOCOL, complete=True) if question else None


def _criteria(facts: ChecklistFacts) -> Statement | None:
    parts = (("Included", facts.rules.include), ("Excluded", facts.rules.exclude))
    words = [f"{name}: {'; '.join(texts)}." for name, texts in parts if texts]
    return Statement(" ".join(words), PROTOCOL) if words else None


def _criteria_alone(facts: ChecklistFacts) -> Statement | None:
    stated = _criteria(facts)
    return Statement(stated.text, stated.command, complete=True) if stated else None


def _selection(facts: ChecklistFacts) -> Statement | None:
    declared = all(f"{INDEPENDENCE}:{stage}" in facts.protocol.answers for stage in Stage)
    return Statement(" ".join(facts.methods), "prisma-tool report methods", declared) if facts.methods else None


def _flow(facts: ChecklistFacts) -> Statement | None:
    flow = facts.flow
    boxes = ((flow.database_results, "databases"), (flow.register_results, "registers"))
    identified = [f"{counted(box.n, 'record')} from {kind}" for box, kind in boxes if box is not None]
    if not identified and not flow.has_other_methods:
        return None
    interim = "INTERIM, as work is pending: " if flow.interim else ""
    left = (
        f"Of {listed(identified)}, {flow.records_screened.n:,} {were(flow.records_screened.n)} screened, {counted(flow.dbr_sought_reports.n, 'report')} sought, {flow.dbr_assessed.n:,} assessed."
        if identified
        else ""
    )
    other = (
        f" By other methods {counted(flow.other_sought_reports.n, 'report')} {were(flow.other_sought_reports.n)} sought and {flow.other_assessed.n:,} assessed."
        if flow.other_sought_reports and flow.other_assessed
        else ""
    )
    return Statement(
        f"{interim}{left}{other} {_included_words(facts)}".strip(), FLOW, complete=True, question=PENDING if flow.interim else ""
    )


def _included_words(facts: ChecklistFacts) -> str:
    studies, reports = included_count(facts.flow), facts.flow.total_reports or facts.flow.new_reports
    verb = "is" if studies.n == 1 else "are"
    return f"{counted(studies.n, 'study', 'studies')} ({counted(reports.n, 'report')}) {verb} included."


def _numbers(facts: ChecklistFacts) -> Statement | None:
    if not included_count(facts.flow).n:
        return None
    people = facts.flow.participants
    known = f" The participants of {people.known} of {people.studies} studies are known: {people.n:,}." if people else ""
    return Statement(f"{_included_words(facts)}{known}", FLOW)


def _excluded(facts: ChecklistFacts) -> Statement | None:
    flow, near = facts.flow, facts.near_misses
    n, cited = total(flow.dbr_excluded) + total(flow.other_excluded), len(excluded_keys(flow))
    if not (n or flow.dbr_assessed.n or (flow.other_assessed and flow.other_assessed.n)):
        return None
    marked = (
        f"{near} {were(near)} marked as near {'miss' if near == 1 else 'misses'}." if near else "None is marked as a near miss."
    )
    where = _cited(n, cited, "with its reason in the table of excluded reports")
    return Statement(
        f"{counted(n, 'report')} {were(n)} excluded at full text{where}. {marked}",
        "prisma-tool report excluded",
        not n or bool(near),
    )


def _cited(n: int, cited: int, where: str) -> str:
    """That each is cited, or how many are: a number entered by hand has no records."""
    return (
        f"; {'each' if cited == n else f'{cited:,} of them'} {'is' if cited in (n, 1) else 'are'} cited {where}" if cited else ""
    )


def _included(facts: ChecklistFacts) -> Statement | None:
    studies = included_count(facts.flow)
    if not studies.n:
        return None
    where = _cited(studies.n, len(studies.studies or ()), "in the table of included studies")
    return Statement(f"{_included_words(facts).rstrip('.')}{where}.", "prisma-tool report included")


def _amendments(facts: ChecklistFacts) -> Statement | None:
    history = facts.protocol_history
    if history.first is None:
        return None
    start = f"The protocol in review.toml was first noted on {history.first:%Y-%m-%d}."
    return Statement(f"{start} {changes_words(history.changes)}", PROTOCOL)


def changes_words(changes: tuple[ProtocolChange, ...]) -> str:
    """The changes of the protocol in a sentence, or that the log holds none."""
    if not changes:
        return "The log holds no change of it."
    return f"Changes that the log holds: {'; '.join(map(_change_words, changes))}."


def _change_words(change: ProtocolChange) -> str:
    after = " (after the first vote)" if change.after_first_vote else ""
    return f"{change.at:%Y-%m-%d} {listed(change.parts)}{after}"


def _methods_since(facts: ChecklistFacts) -> Statement | None:
    if facts.previous is None:
        return None
    since = tuple(change for change in facts.protocol_history.changes if change.at > facts.previous.received)
    return Statement(f"Since the version {one_line(facts.previous.label)}: {changes_words(since)}", PROTOCOL)


def _results_since(facts: ChecklistFacts) -> Statement | None:
    previous, new = facts.flow.previous_studies, facts.flow.new_studies
    if facts.previous is None or previous is None:
        return None
    label = one_line(facts.previous.label)
    text = f"The version {label} included {counted(previous.n, 'study', 'studies')}; {new.n:,} {were(new.n)} added since. {_included_words(facts)}"
    return Statement(text, FLOW)


def _selection_of_versions(facts: ChecklistFacts) -> Statement | None:
    if facts.previous is None:
        return None
    return Statement("The diagram shows the base version, each update, and all together.", "prisma-tool flow --template living")


TOPICS: Mapping[str, Callable[[ChecklistFacts], Statement | None]] = {
    "title": _title,
    "question": _question,
    "criteria": _criteria,
    "criteria_alone": _criteria_alone,
    "selection": _selection,
    "flow": _flow,
    "numbers": _numbers,
    "excluded": _excluded,
    "included": _included,
    "amendments": _amendments,
    "lsr_methods": _methods_since,
    "lsr_results": _results_since,
    "lsr_selection": _selection_of_versions,
    "sources": search_statements.sources,
    "strategies": search_statements.strategies,
    "one_strategy": search_statements.one_strategy,
    **{
        f"s{number}": partial(search_statements.item_of_prisma_s, number)
        for number in ITEMS[ChecklistForm.SEARCHES]
        if number != "8"
    },
}
"""What speaks of an item, by its topic in the forms."""
