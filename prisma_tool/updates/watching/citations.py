"""The citation searches of a review run again: the same questions, from what their seeds are now.

A search from a set (the included reports, where none was named) goes out from those who are in it now, so that what was included since is asked
about too; a search from named records from these. Searches that differ in their seeds alone are asked together, and one that another holds not
again. Invariant: one that cannot be done says why, and the others go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prisma_tool.errors import ExitCode, PrismaError, StoreError
from prisma_tool.identify.citations.index_choice import chosen_indexes
from prisma_tool.identify.citations.question import ASKED, SEEDS, CitationQuestion, combined, kept
from prisma_tool.identify.citations.run import CitationReport, cite
from prisma_tool.identify.run.progress import Listener
from prisma_tool.model.protocol.protocol import CITATION_SEARCH
from prisma_tool.model.record.keys import CITATION_INDEXES, slug
from prisma_tool.model.vocabulary import RunStatus
from prisma_tool.records.citation_seeds import seed_keys
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import update
from prisma_tool.store.runs import runs

NO_SEED = "It has no seed any more: no report is in the set from which it goes out."


@dataclass(frozen=True, slots=True)
class CitationRerun:
    """What became of a citation search that was run again.

    `added` counts the seeds that no citation search had gone out from before; `report` is None where it was not begun, `remarks` and
    `problem` say why, and what was left out.
    """

    question: CitationQuestion
    report: CitationReport | None = None
    added: int = 0
    remarks: tuple[str, ...] = ()
    problem: PrismaError | None = None

    @property
    def exit_code(self) -> ExitCode:
        """Done, incomplete (resumable) or failed; nothing to go out from is done."""
        if self.problem is not None:
            return ExitCode.INCOMPLETE if self.problem.exit_code is ExitCode.INCOMPLETE else ExitCode.FAILED
        return self.report.exit_code if self.report else ExitCode.DONE

    @property
    def warnings(self) -> tuple[str, ...]:
        """All that is to be known about it, in sentences."""
        problem = (self.problem.message,) if self.problem else ()
        return (*(self.report.warnings if self.report else ()), *self.remarks, *problem)

    @property
    def stopped(self) -> bool:
        """Whether the person who waits stopped it."""
        return self.report is not None and self.report.stopped


def questions_to_rerun(transaction: Transaction) -> list[CitationQuestion]:
    """As few questions as ask again what the citation searches of this review asked; their seeds are looked up when they are asked."""
    asked = _asked(transaction)
    through = [run for run in asked if run.status is RunStatus.COMPLETE]
    # The latest first among those that were not finished: it alone can be gone on with, and only as long as none came after it.
    unfinished = [run for run in reversed(asked) if run.status in (RunStatus.RUNNING, RunStatus.INCOMPLETE)]
    return combined(kept(run.service[ASKED]) for run in (*unfinished, *through))


def rerun(review: Review, question: CitationQuestion, listener: Listener) -> CitationRerun:
    """Ask a question again, from what its seeds are now.

    Raises:
        StoreError: the database cannot be read or written.
    """
    with review.store.read() as transaction:
        seeds = seed_keys(transaction, question.origins)
        added = _new_seeds(transaction, seeds)
    if not seeds:
        return CitationRerun(question, remarks=(NO_SEED,))
    try:
        choice = chosen_indexes(review.environment, question.indexes)
        now = CitationQuestion(seeds, question.directions, question.rounds, question.origins, question.indexes)
        return CitationRerun(question, cite(review, now, choice.indexes, listener), added, choice.left_out)
    except StoreError:
        raise
    except PrismaError as error:
        return CitationRerun(question, added=added, problem=error)


def _asked(transaction: Transaction) -> list[runs.Run]:
    """The runs of citation searches that keep their question, oldest first."""
    return [
        run
        for run in runs.of_source(transaction, slug(CITATION_INDEXES))
        if run.search == CITATION_SEARCH and ASKED in run.service
    ]


def _new_seeds(transaction: Transaction, seeds: Sequence[str]) -> int:
    """How many reports no complete citation search went out from, whichever of their records stood for them then."""
    complete = (run for run in _asked(transaction) if run.status is RunStatus.COMPLETE)
    before = {str(key) for run in complete for key in run.service[ASKED][SEEDS]}
    cluster_of = update.clusters_of(transaction, {*before, *seeds})
    return len({cluster_of[key] for key in seeds if key in cluster_of} - {cluster_of[key] for key in before if key in cluster_of})
