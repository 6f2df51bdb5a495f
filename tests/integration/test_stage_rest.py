"""What is left at a stage, whoever has to act: open reports, conflicts, and exclusions for different reasons."""

from __future__ import annotations

from collections.abc import Callable

from prisma_tool.history.overview import StageRest, stage_rest
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.store.records import records


def rest(review: Review, stage: Stage) -> StageRest:
    with review.store.read() as transaction:
        return stage_rest(transaction, stage)


def test_what_is_left_is_counted_by_who_has_to_act(
    make_review: Callable[..., Review], deliver: Callable[..., records.StoredBatch]
) -> None:
    review = make_review(reviewers=("Ada", "Ben"), toml_edits={"reviewers_per_record = 1": "reviewers_per_record = 2"})
    deliver(review.store, *((str(n), Citation(title=f"Report {n}")) for n in range(1, 5)))

    def vote(n: int, stage: Stage, who: str, verdict: Verdict, reason: str = "") -> Decision:
        return Decision(f"embase:{n}", stage, who, verdict, reason)

    titles, texts = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
    decide(review, [vote(n, titles, "Ada", Verdict.INCLUDE) for n in range(1, 5)])
    assert rest(review, titles) == StageRest(open=4)
    decide(review, [vote(n, titles, "Ben", Verdict.EXCLUDE if n == 1 else Verdict.INCLUDE) for n in range(1, 4)])
    assert rest(review, titles) == StageRest(open=1, conflicts=1, passed=2)
    decide(
        review,
        [vote(2, texts, who, Verdict.EXCLUDE, f"wrong-{what}") for who, what in (("Ada", "outcome"), ("Ben", "population"))],
    )
    assert rest(review, texts) == StageRest(open=1, reasons=1)
