"""The methods section's sentences about screening, made of the facts of `team.screening_facts` and of nothing else.

Pure. Invariant: a sentence says what was done and by how many, and is left out where nothing was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from prisma_tool.manuscript.document.blocks import Document, Heading, Paragraph
from prisma_tool.model.log.events import Channel
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import Stage
from prisma_tool.screening.prioritised.stopping import StopResult
from prisma_tool.store.engine.log_contents import LogHead
from prisma_tool.team.agreement import sentence
from prisma_tool.team.screening_facts import StageMethods, Unscreened, VotesGiven

_NAMES = {Stage.TITLE_ABSTRACT: "Titles and abstracts", Stage.FULL_TEXT: "Full texts"}
_TWO = 2
_APART = "without access in this tool to each other's votes"
_CHANNELS = {
    Channel.APPLICATION: "in the application",
    Channel.COMMAND_LINE: "on the command line",
    Channel.FILE: "in a file",
    Channel.TOOL: "by an automation tool",
    Channel.UNKNOWN: "in a way that is not known, as it was not recorded then",
}


def sentences(stages: Sequence[StageMethods], unscreened: Unscreened, version: str, log: LogHead) -> list[str]:
    """All sentences, in the order of the stages; none where nobody has voted yet."""
    lines = [line for stage in stages for line in _about(stage)]
    if unscreened.n:
        rule = f" ({one_line(unscreened.rule)})" if unscreened.rule else ""
        lines.append(
            f"Screening was stopped before its end by a rule{rule}; {_n(unscreened.n, 'record')} "
            f"{_were(unscreened.n)} left unscreened and {_were(unscreened.n)} counted as ineligible by automation tools."
        )
    if lines:
        lines.append(f"Records, votes and adjudications were kept in prisma-tool (version {version}).")
        lines.append(
            f"The log of what was done holds {_n(log.events, 'event')}; its head, a SHA-256 over all of them, is {log.head}."
        )
    return lines


def document(stages: Sequence[StageMethods], unscreened: Unscreened, version: str, log: LogHead) -> Document:
    """The sentences as a document, a paragraph a stage."""
    blocks: list[Heading | Paragraph] = []
    for stage in stages:
        blocks += [Heading(1, _NAMES[stage.stage]), Paragraph(" ".join(_about(stage)))]
    ending = sentences(stages, unscreened, version, log)[sum(1 for stage in stages for _ in _about(stage)) :]
    return Document("Screening methods", (*blocks, *map(Paragraph, ending)))


def _about(stage: StageMethods) -> Iterator[str]:
    yield from _screened(stage)
    yield from _piloted(stage)
    yield from _disagreed(stage)
    for pair in stage.agreement:
        yield f"Agreement of {pair.a} and {pair.b} without access in this tool to each other's votes: {sentence(pair)}."
    for change in stage.blinding:
        yield f"{change.sentence[0].upper()}{change.sentence[1:]}."
    yield from _given(stage.votes)


def _screened(stage: StageMethods) -> Iterator[str]:
    what = "record" if stage.stage is Stage.TITLE_ABSTRACT else "report"
    dates = _dates(stage.first, stage.last) if stage.first and stage.last else ""
    yield f"{_NAMES[stage.stage]} of {_n(stage.reports, what)} were screened{dates} by {_names(stage.people) or 'nobody named'}."
    parts = [_by(n, count, stage) for n, count in sorted(stage.by_people.items(), reverse=True)]
    if stage.by_tools:
        parts.append(f"{stage.by_tools} by automation tools alone")
    if stage.unvoted:
        parts.append(f"{stage.unvoted} by adjudication without votes")
    if parts:
        yield f"Of these, {'; '.join(parts)}."
    if stage.begun:
        yield f"A further {_n(stage.begun, what)} {'has' if stage.begun == 1 else 'have'} votes but not all that the protocol wants."


def _by(n: int, count: int, stage: StageMethods) -> str:
    if n == 1:
        return f"{count} {_were(count)} screened by one reviewer"
    who = {_TWO: "two reviewers"}.get(n, f"{n} reviewers")
    # The log proves who could read what, not that people worked independently.
    apart = stage.without_access.get(n, 0)
    share = "" if apart == count else f"{apart} of them "
    extent = f" ({share}{_APART})" if share else f" {_APART}"
    return f"{count} {_were(count)} screened by {who}{extent if apart else ''}"


def _piloted(stage: StageMethods) -> Iterator[str]:
    if stage.pilot:
        agreement = "; ".join(f"{pair.a} and {pair.b}: {sentence(pair)}" for pair in stage.pilot_agreement)
        yield f"A pilot round of {_n(stage.pilot, 'record')} came first{f' (agreement of {agreement})' if agreement else ''}."


def _disagreed(stage: StageMethods) -> Iterator[str]:
    by_several = sum(count for n, count in stage.by_people.items() if n >= _TWO)
    disagreements = stage.disagreements
    if by_several and not disagreements.total:
        yield "The reviewers disagreed on none."
    elif disagreements.total:
        ways = (
            (disagreements.adjudicated, f"by adjudication ({_names(disagreements.adjudicators) or 'not signed'})"),
            (disagreements.consensus, "by agreement between the reviewers"),
        )
        parts = [f"{n} {_were(n)} resolved {how}" for n, how in ways if n]
        parts += (
            [f"{disagreements.open} {'is' if disagreements.open == 1 else 'are'} not resolved yet"] if disagreements.open else []
        )
        yield f"The reviewers disagreed on {disagreements.total}: {', '.join(parts)}."
    if disagreements.reasons:
        yield f"Where all excluded a report for different reasons, the reason was settled by adjudication in {_n(disagreements.reasons, 'case')}."


def _given(votes: VotesGiven) -> Iterator[str]:
    if not votes.total:
        return
    programs = f" (of {_names(sorted(map(one_line, votes.by_program)))})" if votes.by_program else ""
    ways = [f"{n} {_CHANNELS[channel]}{programs if channel is Channel.FILE else ''}" for channel, n in votes.by_channel.items()]
    merged = f"; {votes.merged} came with a merged copy" if votes.merged else ""
    yield f"How the {_n(votes.total, 'vote')} {_were(votes.total)} given, changes of mind included: {_names(ways)}{merged}."


def _dates(first: datetime, last: datetime) -> str:
    return f" on {_day(first)}" if first.date() == last.date() else f" between {_day(first)} and {_day(last)}"


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _names(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def _n(number: int, one: str) -> str:
    return f"{number} {one if number == 1 else one + 's'}"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def stopping_sentence(done: StopResult) -> str:
    """The sentences for the methods, with the rule, its parameters and what may have been missed."""
    now = done.stopping_risk
    estimate = (
        f" From the reports drawn by chance, recall was estimated at {now.recall.estimate:.0%} (95 % interval {now.recall.low:.0%} to "
        f"{now.recall.high:.0%}; {now.recall.draws} draws)."
        if now.recall
        else ""
    )
    return (
        f"Screening of titles and abstracts was stopped before its end (prisma-tool), after {now.screened} of "
        f"{now.screened + now.left} reports, {now.relevant} of them relevant ({done.words}); {len(done.reports)} reports were left unscreened "
        f"and counted as marked as ineligible by automation tools. Judged at that moment alone, at most {now.plausibly_missed} relevant "
        f"reports were missed (95 %, if the order was never worse than random).{estimate}"
    )
