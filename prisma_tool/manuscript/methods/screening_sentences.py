"""Sentences about how titles, abstracts and full texts were screened, from `team.screening_facts` alone. Pure.

Invariant: of votes given here one by one the tool says who could have read what; of others only how they came and what their file says.
"""

from __future__ import annotations

from collections.abc import Iterator

from prisma_tool.manuscript.methods.words import between, capital, have, n, names, were
from prisma_tool.model.log.events import Channel
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import Stage
from prisma_tool.team.agreement import PairAgreement, StageAgreement, overall_sentence, sentence
from prisma_tool.team.independence import Declared
from prisma_tool.team.screening_facts import Opened, StageMethods
from prisma_tool.team.votes_given import ImportedVotes

NAMES = {Stage.TITLE_ABSTRACT: "Titles and abstracts", Stage.FULL_TEXT: "Full texts"}
_TWO = 2
_APART = "without access in this tool to each other's votes"
_CHANNELS = {
    Channel.APPLICATION: "given in the application",
    Channel.COMMAND_LINE: "given on the command line",
    Channel.FILE: "read from a file",
    Channel.TOOL: "given by an automation tool",
    Channel.UNKNOWN: "given in a way that was not recorded then",
}


def screening_sentences(stage: StageMethods, typed: int = 0) -> Iterator[str]:
    """All about one stage; `typed` of its reports are known only as a number that was entered by hand."""
    yield from _screened(stage, typed)
    yield from _imported(stage)
    yield from _independence(stage)
    yield from _opened(stage)
    yield from _piloted(stage)
    yield from _disagreed(stage)
    yield from _agreed(stage.agreement)
    yield from _given(stage)


def what(stage: Stage) -> str:
    """What a stage screens: records by title and abstract, reports by full text."""
    return "record" if stage is Stage.TITLE_ABSTRACT else "report"


def _screened(stage: StageMethods, typed: int) -> Iterator[str]:
    """Rests on the `decision` and `adjudication` events on the reports of the figure's box, and on `adjustment` events."""
    unit, total, here = what(stage.stage), stage.reports + typed, stage.here
    if total:
        people = names(stage.people) or ("automation tools alone" if stage.by_tools else "nobody named")
        dates = f" {between(here.first, here.last)}" if here.first and here.last and not stage.imported else ""
        yield f"{_subject(stage.stage, total)} screened{dates} by {people}."
    if typed:
        yield f"Of these, {typed} {'is' if typed == 1 else 'are'} known only as a number that was entered by hand."
    if parts := list(_parts(stage)):
        yield f"Of these, {'; '.join(parts)}."
    if here.first and here.last and stage.imported:
        yield f"On {n(here.reports, unit)}, votes were given in prisma-tool {between(here.first, here.last)}."
    if stage.disputed:
        yield f"A further {n(stage.disputed, unit)} {have(stage.disputed)} votes that differ, which nobody has settled yet."
    if stage.begun:
        yield f"A further {n(stage.begun, unit)} {have(stage.begun)} votes but not all that the protocol wants."


def _subject(stage: Stage, total: int) -> str:
    if total == 1:
        return {
            Stage.TITLE_ABSTRACT: "The title and abstract of 1 record were",
            Stage.FULL_TEXT: "The full text of 1 report was",
        }[stage]
    return f"{NAMES[stage]} of {n(total, what(stage))} were"


def _parts(stage: StageMethods) -> Iterator[str]:
    """Into what the reports of the box divide, by who voted on them."""
    for people, count in sorted(stage.by_people.items(), reverse=True):
        yield _by(people, count, stage)
    if stage.by_tools:
        tools = f" ({names(stage.tools)})" if stage.tools else ""
        yield f"{stage.by_tools} {were(stage.by_tools)} screened by automation tools alone{tools}"
    if stage.unvoted:
        yield f"{stage.unvoted} {were(stage.unvoted)} decided by adjudication without votes"
    if stage.earlier:
        yield f"{stage.earlier} had been screened for an earlier version of the review"


def _by(people: int, count: int, stage: StageMethods) -> str:
    if people == 1:
        return f"{count} {were(count)} screened by one reviewer"
    who = {_TWO: "two reviewers"}.get(people, f"{people} reviewers")
    # The log proves who could read what, not that people worked independently; that is the authors' to say.
    apart = stage.without_access.get(people, 0)
    share = "" if apart == count else f"{apart} of them "
    extent = f" ({share}{_APART})" if share else f" {_APART}"
    return f"{count} {were(count)} screened by {who}{extent if apart else ''}"


def _imported(stage: StageMethods) -> Iterator[str]:
    """Rests on the `decision` events that were read from files, by the program that they name."""
    for part in stage.imported:
        origin = one_line(part.program) or "a file"
        unknown, dates = _dates_of(part)
        asks = _by_several(stage) and not _is_declared(stage)
        open_question = "whether they were given independently" if asks else ""
        rest = ", and ".join(filter(None, (open_question, unknown)))
        verb = ", is not recorded here" if open_question and unknown else " is not recorded here"
        parts = [
            f"Votes on {n(part.reports, what(stage.stage))} were taken over from {origin}",
            dates,
            f"{rest}{verb}" if rest else "",
        ]
        yield f"{'; '.join(filter(None, parts))}."


def _dates_of(part: ImportedVotes) -> tuple[str, str]:
    """What is not known of when imported votes were given, and what their file says of it."""
    if part.first is None or part.last is None:
        return "when", ""
    dated = f"as dated in the file, they were given {between(part.first, part.last)}"
    if not part.undated:
        return "", dated
    known = part.votes - part.undated
    return (
        f"when {part.undated} of them were given",
        f"as dated in the file, {known} of {part.votes} were given {between(part.first, part.last)}",
    )


def _by_several(stage: StageMethods) -> bool:
    """Whether two or more people voted on any report, so that independence is a question at all."""
    return bool(stage.disputed) or any(people >= _TWO for people in stage.by_people)


def _is_declared(stage: StageMethods) -> bool:
    return stage.independence.declared is not Declared.NOTHING and not stage.independence.contradicted


def _independence(stage: StageMethods) -> Iterator[str]:
    """Rests on the authors' kept answer, which votes in the log may contradict (counting rule 28)."""
    independence, unit = stage.independence, what(stage.stage)
    by_several = sum(count for people, count in stage.by_people.items() if people >= _TWO)
    if independence.declared is Declared.INDEPENDENT and by_several and not independence.contradicted:
        yield (
            f"As the authors declare, the reviewers screened the {n(by_several, unit)} that two or more of them voted on independently of "
            "each other."
        )
    elif independence.declared is Declared.INDEPENDENT and independence.contradicted:
        yield (
            f"The authors' answer that reviewers screened independently is not repeated here, as the log contradicts it: on "
            f"{n(independence.contradicted, unit)} a reviewer could have read another's vote in this tool before voting."
        )
    elif independence.declared is Declared.NOT_INDEPENDENT:
        yield "As the authors declare, the reviewers did not screen independently of each other."
    elif independence.declared is Declared.IN_THEIR_WORDS:
        yield f"On independence the authors state: “{one_line(independence.words)}”."
        if independence.contradicted:
            yield (
                f"On {n(independence.contradicted, unit)} a reviewer could have read another's vote in this tool before voting."
            )


def _opened(stage: StageMethods) -> Iterator[str]:
    """Rests on the `protocol` events, which say when blinding changed, and on the votes between them."""
    if not stage.blind and not stage.blinding and stage.agreement.pairs:
        yield "Blinding was off, so that reviewers could read each other's votes before voting."
    for opened in stage.blinding:
        yield f"{capital(opened.change.sentence)}{_votes_since(opened, stage.stage)}."


def _votes_since(opened: Opened, stage: Stage) -> str:
    if opened.change.blind:
        return ""
    if not opened.votes:
        return "; no vote was given while it was off"
    on_reports = f"{n(opened.votes, 'vote')} on {n(opened.reports, what(stage))}"
    return f"; while it was off, {on_reports} {were(opened.votes)} given by {names(opened.voters)}"


def _piloted(stage: StageMethods) -> Iterator[str]:
    """Rests on the `pilot` events."""
    if stage.pilot:
        pairs = [pair for pair in stage.pilot_agreement.pairs if pair.met]
        agreement = "; ".join(f"{pair.a} and {pair.b}: {sentence(pair)}" for pair in pairs)
        yield f"A pilot round of {n(stage.pilot, what(stage.stage))} came first{f' (agreement of {agreement})' if agreement else ''}."


def _disagreed(stage: StageMethods) -> Iterator[str]:
    """Rests on what each pair had said when the second of them voted, and on `adjudication` events."""
    by_several = sum(count for people, count in stage.by_people.items() if people >= _TWO)
    disagreements = stage.disagreements
    if by_several and not disagreements.total:
        yield f"The reviewers disagreed on no {what(stage.stage)}."
    elif disagreements.total:
        ways = (
            (disagreements.adjudicated, f"by adjudication ({names(disagreements.adjudicators) or 'not signed'})"),
            (disagreements.consensus, "by agreement between the reviewers"),
        )
        parts = [f"{count} {were(count)} resolved {how}" for count, how in ways if count]
        still = disagreements.open
        parts += [f"{still} {'is' if still == 1 else 'are'} not resolved yet"] if still else []
        yield f"The reviewers disagreed on {n(disagreements.total, what(stage.stage))}: {', '.join(parts)}."
    if disagreements.reasons:
        yield (
            "Where all excluded a report for different reasons, the reason was settled by adjudication in "
            f"{n(disagreements.reasons, 'case')}."
        )


def _agreed(agreement: StageAgreement) -> Iterator[str]:
    met = [pair for pair in agreement.pairs if pair.met]
    for pair in met:
        yield f"Agreement of {pair.a} and {pair.b}{_ground(pair)}: {sentence(pair)}."
    if (overall := agreement.overall) is not None and overall.agreement.n:
        ground = ", of the votes as recorded" if overall.recorded else ""
        yield f"Agreement of all {len(overall.reviewers)} reviewers{ground}: {overall_sentence(overall)}."
    if any(pair.agreement.n for pair in met):
        yield f"Agreement is on {met[0].categories}."


def _ground(pair: PairAgreement) -> str:
    return ", of the votes as recorded" if pair.recorded else f" {_APART}"


def _given(stage: StageMethods) -> Iterator[str]:
    """Rests on the channel of each `decision` event."""
    votes = stage.votes
    if not votes.total:
        return
    programs = f" (of {names(sorted(map(one_line, votes.by_program)))})" if votes.by_program else ""
    ways = {channel: f"{_CHANNELS[channel]}{programs if channel is Channel.FILE else ''}" for channel in votes.by_channel}
    merged = f"; {votes.merged} came with a merged copy" if votes.merged else ""
    if len(ways) == 1:
        (how,) = ways.values()
        whole = "The 1 vote" if votes.total == 1 else f"All {votes.total} votes, changes of mind included,"
        yield f"{whole} {were(votes.total)} {how}{merged}."
        return
    parts = [f"{count} {were(count)} {ways[channel]}" for channel, count in votes.by_channel.items()]
    yield f"Of {votes.total} votes, changes of mind included, {names(parts)}{merged}."
