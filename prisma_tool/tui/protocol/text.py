"""The protocol as a text to read, in the order in which one plans a review. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from textual.content import Content

from prisma_tool.model.protocol.declared_searches import DeclaredSearch
from prisma_tool.model.protocol.protocol import Protocol, SearchPlan
from prisma_tool.model.protocol.rules import Adjudication, Split, StageRules
from prisma_tool.model.text import clean, one_line
from prisma_tool.model.vocabulary import Stage
from prisma_tool.tui.widgets.highlight import HighlightKind
from prisma_tool.tui.widgets.record_text import QUIET, STYLES

_NONE = "none"
_STAGES = {Stage.TITLE_ABSTRACT: "Title/abstract", Stage.FULL_TEXT: "Full text"}
_SPLIT = {
    Split.SHARED: "one queue for all",
    Split.HALVES: "every reviewer has an even share",
    Split.ASSIGNMENT: "records are assigned",
}
_ADJUDICATION = {
    Adjudication.CONSENSUS: "Conflicts are settled by consensus: any reviewer may say the outcome once both have talked.",
    Adjudication.THIRD: "Conflicts are settled by somebody who has not voted on the report.",
    Adjudication.ADJUDICATORS: "Conflicts are settled by the adjudicators alone.",
}


def protocol_text(protocol: Protocol, path: str) -> Content:
    """Everything that review.toml at `path` says."""
    reasons = (f"{n}. {one_line(reason.label)}  ({one_line(reason.id)})" for n, reason in enumerate(protocol.reasons, start=1))
    criteria = (
        f"{criterion.key}  {one_line(criterion.question)}: no means {protocol.reason_label(criterion.reason)}"
        for criterion in protocol.criteria
    )
    parts = [
        _section("Question", [clean(protocol.question).strip() or "not written down yet"]),
        _section("Reviewers", _people(protocol)),
        _section("Include when", (f"+ {one_line(text)}" for text in protocol.include)),
        _section("Exclude when", (f"- {one_line(text)}" for text in protocol.exclude)),
        _section("Exclusion reasons, the first that applies being the reason", reasons),
        _section("Criteria asked in order", map(one_line, criteria)),
        _highlights(protocol),
        _section("Rules of screening", _rules(protocol)),
        *(_search(plan) for plan in protocol.searches),
        *(_declared(search) for search in protocol.declared),
        Content.styled(f"All this is written in {one_line(path)}", QUIET),
    ]
    title = Content.styled(one_line(protocol.title) or "(review without a title)", "bold")
    return Content("\n\n").join([title, *parts])


def _section(heading: str, lines: Iterable[str]) -> Content:
    body = list(lines) or [_NONE]
    return Content("\n").join([Content.styled(heading, "bold underline"), *map(Content, body)])


def _people(protocol: Protocol) -> Iterator[str]:
    yield ", ".join(map(one_line, protocol.reviewers)) or "anybody; review.toml lists nobody"
    if protocol.adjudicators:
        yield f"adjudicators: {', '.join(map(one_line, protocol.adjudicators))}"
    if protocol.tools:
        yield f"automation tools: {', '.join(map(one_line, protocol.tools))}"


def _highlights(protocol: Protocol) -> Content:
    groups = (
        (HighlightKind.INCLUDE, "for", protocol.highlight_include),
        (HighlightKind.EXCLUDE, "against", protocol.highlight_exclude),
    )
    lines = [_terms(lean, name, terms) for lean, name, terms in groups if terms] or [Content(_NONE)]
    return Content("\n").join([Content.styled("Words to highlight", "bold underline"), *lines])


def _terms(lean: HighlightKind, name: str, terms: Iterable[str]) -> Content:
    listed = Content("  ").join(Content.styled(one_line(term), STYLES[lean]) for term in terms)
    return Content.assemble((f"{name:<9}", QUIET)) + listed


def _rules(protocol: Protocol) -> Iterator[str]:
    rules = protocol.screening
    for stage in Stage:
        yield f"{_STAGES[stage]}: {_stage_words(rules.at(stage))}"
    yield (
        "A maybe at title/abstract lets the report through to the full text."
        if rules.maybe == "include"
        else "A maybe against a clear vote is a conflict."
    )
    if rules.in_pairs:
        yield _ADJUDICATION[rules.adjudication]
    yield f"Records of other methods {'are screened too' if rules.screen_other_methods else 'go straight to the full text'}."
    link = protocol.captured == "link"
    yield f"A register entry whose study has other reports is {'linked with them' if link else 'excluded as already captured'}."
    omit = protocol.seen_hits == "omit"
    yield f"Hits that an earlier version has screened are {'left out of the figure' if omit else 'counted as removed duplicates'}."
    yield f"Database: {'a shared one' if protocol.database_url else 'the file review.db of this folder'}."


def _stage_words(rules: StageRules) -> str:
    """The rules of a stage in a line: `two reviewers decide on each record, blind to each other; one queue for all`."""
    two = rules.reviewers_per_record > 1
    sight = "blind to each other's votes and notes" if rules.blind else "seeing each other's votes and notes"
    pilot = f"; a pilot round of {rules.pilot} records first" if rules.pilot else ""
    return f"{'two reviewers decide' if two else 'one reviewer decides'} on each record, {sight}; {_SPLIT[rules.split]}{pilot}."


def _search(plan: SearchPlan) -> Content:
    since = f", reruns ask for what was added since, less {plan.overlap_days} days" if plan.since_last else ""
    head = Content.styled(f"Search {one_line(plan.name)}", "bold underline")
    return Content("\n").join([head, Content.styled(f"{one_line(plan.source)}{since}", QUIET), Content(clean(plan.strategy))])


def _declared(search: DeclaredSearch) -> Content:
    head = Content.styled(f"Declared search {one_line(search.name)}", "bold underline")
    platform = f", {one_line(search.account.platform)}" if search.account.platform else ""
    file = f"its strategy is in {one_line(search.strategy_file)}" if search.strategy_file else ""
    stated = [clean(search.strategy), file, *map(one_line, search.how)]
    lines = [Content(text) for text in stated if text] or [Content("no strategy is stated")]
    return Content("\n").join([head, Content.styled(f"{one_line(search.source)}{platform}", QUIET), *lines])
