"""Sentences about prioritisation, stopping and the retrieval of full texts, from `MethodsFacts` alone. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_tool.fulltext.attempts import AttemptMeans
from prisma_tool.manuscript.methods.facts import PrioritisationFacts, RetrievalFacts, StoppingFacts
from prisma_tool.manuscript.words import day, n, names, were
from prisma_tool.model.log.stopping_acts import missing_words
from prisma_tool.model.text import one_line
from prisma_tool.screening.prioritised.stopping import StopResult
from prisma_tool.screening.prioritised.stopping_lines import assumption
from prisma_tool.screening.prioritised.stopping_risk import StoppingRisk

_MEANS = {AttemptMeans.TRIED: "by trying a place", AttemptMeans.ASKED: "by asking people"}


def prioritisation_sentences(facts: PrioritisationFacts) -> Iterator[str]:
    """Rests on `order` events."""
    for spell in facts.by_relevance:
        end = f" until {day(spell.until)}" if spell.until else ""
        read = (
            f", reading their meaning by sentence embeddings ({one_line(spell.model)}) beside their words" if spell.model else ""
        )
        yield (
            f"From {day(spell.since)}{end}, {spell.reviewer} screened titles and abstracts in the order of likely relevance, which "
            f"prisma-tool (version {spell.tool_version}) learned from the votes given so far{read}."
        )
    if facts.by_chance:
        yield f"{n(facts.by_chance, 'record')} {were(facts.by_chance)} drawn by chance, so that recall could be estimated."
    if facts.for_stopping:
        drawn = facts.for_stopping
        yield f"{n(drawn, 'record')} {were(drawn)} drawn at random from those that were left, as the stopping rule asks."


def stopping_sentences(facts: StoppingFacts) -> Iterator[str]:
    """Rests on `removal` events that name a stop, and on `stopping` events."""
    if facts.unscreened:
        rule = f" ({'; '.join(facts.rules)})" if any(facts.rules) else ""
        yield (
            f"Screening was stopped before its end by a rule{rule}; {n(facts.unscreened, 'record')} {were(facts.unscreened)} left "
            f"unscreened and {were(facts.unscreened)} counted as ineligible by automation tools."
        )
    for moment in facts.reopened:
        yield f"Screening that had been stopped was taken up again on {day(moment)}."


def retrieval_sentences(facts: RetrievalFacts) -> Iterator[str]:
    """Rests on the figure's boxes of retrieval, on `effort` events, and on the notes of `retrieval` events."""
    if not facts.sought:
        return
    yield _sought_one(facts) if facts.sought == 1 else _sought(facts)
    yield from _attempts(facts)


def _sought_one(facts: RetrievalFacts) -> str:
    ending = ", and is still sought" if facts.waiting else " and not retrieved" if facts.not_retrieved else " and retrieved"
    return f"The full text of 1 report was sought{ending}."


def _sought(facts: RetrievalFacts) -> str:
    parts = [f"{facts.not_retrieved} of them {were(facts.not_retrieved)} not retrieved"] if facts.not_retrieved else []
    parts += [f"{facts.waiting} {'is' if facts.waiting == 1 else 'are'} still sought"] if facts.waiting else []
    return f"Full texts of {n(facts.sought, 'report')} were sought; {'; '.join(parts) or 'all of them were retrieved'}."


def _attempts(facts: RetrievalFacts) -> Iterator[str]:
    total = sum(facts.attempts.values())
    if total:
        ways = [
            f"{count} {_MEANS.get(AttemptMeans(means), means) if means in tuple(AttemptMeans) else means}"
            for means, count in facts.attempts.items()
        ]
        yield (
            f"{n(total, 'attempt')} to get a full text {were(total)} noted, on {n(facts.attempted_reports, 'report')}: "
            f"{names([one_line(way) for way in ways])}."
        )
    if facts.services:
        asked = [f"{service} ({n(reports, 'report')})" for service, reports in facts.services.items()]
        yield f"Services were asked for open full texts: {names(asked)}; {n(facts.by_services, 'full text')} came from them."
    if not total and facts.not_retrieved:
        yield from _untried(facts)


def _untried(facts: RetrievalFacts) -> Iterator[str]:
    """Of those not retrieved, where no attempt was noted: a note may say what was tried, and nobody but its reader knows."""
    them = "it" if facts.not_retrieved == 1 else "them"
    if not facts.noted:
        yield f"What was tried to get {them} is not recorded here."
    elif facts.not_retrieved == 1:
        yield "A note stands with it in the table of reports not retrieved."
    elif facts.noted == facts.not_retrieved:
        yield "A note stands with each of them in the table of reports not retrieved."
    else:
        yield f"A note stands with {facts.noted} of them in the table of reports not retrieved; of the others, what was tried is not recorded here."


def stopping_sentence(done: StopResult) -> str:
    """The sentences for the methods, with the rule, its parameters and what may have been missed."""
    now = done.stopping_risk
    estimate = (
        f" From the reports drawn by chance, recall was estimated at {now.recall.estimate:.0%} (95 % interval at that look {now.recall.low:.0%} "
        f"to {now.recall.high:.0%}; {now.recall.draws} draws)."
        if now.recall
        else ""
    )
    return (
        f"Screening of titles and abstracts was stopped before its end (prisma-tool), after {now.screened} of "
        f"{now.screened + now.left} reports, {now.relevant} of them relevant ({done.words}); {len(done.reports)} reports were left unscreened "
        f"and counted as marked as ineligible by automation tools. Of what these reviewers would include, recall is {_recall(now)}"
        f"{assumption(now)}.{estimate}"
    )


def _recall(now: StoppingRisk) -> str:
    if now.least_recall is None:
        return "not known: nothing relevant was found"
    return f"at least {now.least_percent} %: {missing_words(now.most_missing, now.rule.confidence)}"
