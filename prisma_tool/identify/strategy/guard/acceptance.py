"""Strategy checks and what somebody accepted in spite of them: a run passes them before anything is fetched, or is refused.

Owns accepted strategies. Invariants: every problem stands among the run's warnings, whether it stops the run or not; what somebody
accepted holds for exactly that strategy and those problems, until the acceptance is undone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from prisma_tool.errors import PrismaError
from prisma_tool.identify.run.progress import Listener
from prisma_tool.identify.strategy.guard.problems import Problem
from prisma_tool.identify.strategy.guard.pubmed_checks import complaint_problems, translation_changes
from prisma_tool.identify.strategy.guard.yield_check import yield_problems
from prisma_tool.identify.strategy.languages import LANGUAGES
from prisma_tool.identify.strategy.numbered_lines import NumberedLine, NumberedStrategy
from prisma_tool.identify.strategy.submitted_query import SubmittedQuery
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.protocol.protocol import SearchPlan, command_for_search
from prisma_tool.review.open_review import Review
from prisma_tool.sources.pubmed import IdListing
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log
from prisma_tool.store.runs import run_progress, runs
from prisma_tool.store.runs.run_comparison import last_of_strategy

ACCEPTED = "accepted"
"""The `act` of a strategy event by which somebody accepts problems."""
TRANSLATION = "translation"
"""In a run's `service`: the translation of the whole strategy, where the run itself was limited."""


class StrategyRefused(PrismaError):
    """A strategy check stopped a search; nothing was fetched."""


@dataclass(frozen=True, slots=True)
class StrategyCheck:
    """The checks that the strategy of one run has to pass; with `accept`, what would stop it is accepted and logged."""

    review: Review
    run_id: str
    submitted: SubmittedQuery
    listener: Listener
    accept: bool
    count_line: Callable[[str], int]
    """Gives the hits of a query; asked only where a search finds hardly anything."""

    def check_text(self) -> None:
        """Check the text of the strategy.

        Raises:
            StrategyRefused: a problem that stops it, and that nobody accepted.
        """
        self._note(text_problems(self.submitted))

    def check_translation(self, listing: IdListing) -> None:
        """Check what PubMed made of the strategy.

        Raises:
            StrategyRefused: a problem that stops it, and that nobody accepted.
        """
        plan, strategy = self.submitted.plan, self.submitted.strategy or NumberedStrategy((NumberedLine(0, ""),))
        with self.review.store.write() as transaction:
            run_progress.set_translation(transaction, self.run_id, listing.translation)
            run_progress.add_service_facts(transaction, self.run_id, {TRANSLATION: listing.translation})
            earlier = last_of_strategy(transaction, plan.name, plan.strategy)
            before = str(earlier.service.get(TRANSLATION) or earlier.translation) if earlier else ""
        known = {problem.code for problem in text_problems(self.submitted)}
        unknown = (problem for problem in complaint_problems(listing.echo, strategy) if problem.code not in known)
        self._note((*unknown, *translation_changes(before, listing.translation)))
        self._note(tuple(yield_problems(strategy, listing.count, self.count_line)) if self.submitted.strategy else ())

    def _note(self, problems: Sequence[Problem]) -> None:
        with self.review.store.write() as transaction:
            accepted = accepted_codes(transaction, self.submitted.plan)
            stopping = [problem for problem in problems if problem.stops and problem.code not in accepted]
            if stopping and self.accept:
                accept(transaction, self.submitted.plan, stopping, self.review.operator)
                accepted, stopping = accepted | {problem.code for problem in stopping}, []
            messages = [f"{problem.message} (accepted)" if problem.code in accepted else problem.message for problem in problems]
            known = runs.run(transaction, self.run_id).warnings
            run_progress.add_warnings(
                transaction, self.run_id, [message for message in dict.fromkeys(messages) if message not in known]
            )
        if stopping:
            raise StrategyRefused(_refusal(self.submitted.plan, stopping))
        for sentence in messages:
            self.listener.tell(f"{self.submitted.plan.name}: {sentence}")


def text_problems(submitted: SubmittedQuery) -> tuple[Problem, ...]:
    """What the text of a search gives cause to say."""
    return LANGUAGES[submitted.plan.source].examine(submitted)


def _refusal(plan: SearchPlan, stopping: Sequence[Problem]) -> str:
    others = f" (and {len(stopping) - 1} more)" if len(stopping) > 1 else ""
    return (
        f"Refused, nothing was fetched: {stopping[0].message}{others} Correct the strategy in review.toml, or accept it as it is "
        f"with `{command_for_search(plan.name, '--accept')}`."
    )


def digest(plan: SearchPlan) -> str:
    """The SHA-256 of a strategy with its source: what is accepted is accepted for this alone."""
    return hashlib.sha256(f"{plan.source}\n{plan.strategy}".encode()).hexdigest()


def accept(transaction: Transaction, plan: SearchPlan, problems: Sequence[Problem], by: str) -> None:
    """Note that somebody accepts these problems of this strategy."""
    accepted = [{"code": problem.code, "message": problem.message} for problem in problems]
    payload = {"act": ACCEPTED, "sha256": digest(plan), "strategy": plan.strategy, "problems": accepted, "operator": by}
    event_log.append(transaction, [event_log.Draft(EventKind.STRATEGY, plan.name, payload=payload)])


def accepted_codes(transaction: Transaction, plan: SearchPlan) -> frozenset[str]:
    """The codes of all problems that were accepted for exactly this strategy."""
    acceptances = [
        event
        for event in event_rows.events(transaction, kinds=[EventKind.STRATEGY], subjects=[plan.name])
        if event.text("act") == ACCEPTED and event.text("sha256") == digest(plan)
    ]
    taken_back = event_rows.find_undone(transaction, {event.id for event in acceptances})
    return frozenset(
        problem["code"] for event in acceptances if event.id not in taken_back for problem in event.payload["problems"]
    )
