"""Through the real store: whatever a team does, the flow that is kept equals the flow that the log gives, and the past stays as it was."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prisma_tool.dedupe import manual
from prisma_tool.errors import PrismaError
from prisma_tool.flow import enter_adjustment
from prisma_tool.flow.as_json import as_json
from prisma_tool.flow.read import read_flow
from prisma_tool.flow.scope import Scope
from prisma_tool.manuscript.methods.read import read_methods
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.vocabulary import SourceKind, Stage
from prisma_tool.screening.decisions import undo_last
from prisma_tool.studies import links
from prisma_tool.updates.close_version import list_versions

if TYPE_CHECKING:
    from tests.integration.conftest import Bench

KEYS = [f"{source}:{number}" for source in ("embase", "who") for number in range(1, 4)]
KINDS = {"Embase": SourceKind.DATABASE, "WHO": SourceKind.WEBSITE}

keys = st.sampled_from(KEYS)
numbers = st.lists(st.sampled_from("123"), min_size=1, unique=True)
steps = st.one_of(
    st.tuples(st.just("given"), st.sampled_from(sorted(KINDS)), numbers),
    st.tuples(st.just("judged"), keys, st.sampled_from(["include", "exclude", "ongoing"])),
    st.tuples(st.just("vote"), keys, st.sampled_from(["include", "exclude", "maybe"])),
    st.tuples(st.just("merge"), keys, keys),
    st.tuples(st.just("split"), keys),
    st.tuples(st.just("retrieved"), keys, st.sampled_from(["retrieved", "not-retrieved"])),
    st.tuples(st.just("removal"), keys, st.booleans()),
    st.tuples(st.just("link"), keys, st.sampled_from("AB")),
    st.tuples(st.just("undo"), st.sampled_from(Stage)),
    st.tuples(st.just("adjust"), st.sampled_from(["duplicates", "database_results:Scopus"])),
    st.tuples(st.just("close")),
    st.tuples(st.just("close")),
    st.tuples(st.just("reopen")),
)
BOXES = {Stage.TITLE_ABSTRACT: ["records_screened"], Stage.FULL_TEXT: ["dbr_assessed", "other_assessed"]}
FILES = itertools.count(1)


def take(bench: Bench, step: tuple[Any, ...]) -> None:
    """Do what the step says; what the rules refuse is refused in a sentence and changes nothing."""
    name, *rest = step
    acts: dict[str, Callable[..., object]] = {
        # An abstract of its own makes every file a new one, as the rerun of a search is.
        "given": lambda source, ids: bench.given(source, *ids, kind=KINDS[source], abstract=f"Search {next(FILES)}"),
        "judged": lambda key, verdict: bench.judged(key, verdict, "Wrong outcome" if verdict == "exclude" else ""),
        "vote": lambda key, verdict: bench.vote(verdict, key),
        "merge": lambda a, b: manual.merge(bench.review, a, b, "Ada"),
        "split": lambda key: manual.split(bench.review, key, "Ada"),
        "retrieved": lambda key, status: bench.retrieved(key, status=status),
        "removal": lambda key, removed: bench.stated(EventKind.REMOVAL, key, removed=removed, **{"as": "other"}),
        "link": lambda key, label: links.link(bench.review, label, [key], "Ada"),
        "undo": lambda stage: undo_last(bench.review, "Ada", stage),
        "adjust": lambda box: enter_adjustment.enter(bench.review, box, 1, "from before", "Ada"),
        "close": lambda: bench.close(f"v{next(FILES)}", force=True),
        "reopen": bench.reopen,
    }
    with suppress(PrismaError):
        acts[name](*rest)


def told(bench: Bench, **scope: Any) -> dict[str, Any]:
    """The flow as JSON; numbers entered by hand may leave sums open, records may not."""
    listed, unlisted = (as_json(read_flow(bench.review, scope=Scope(**scope), listed=listed)) for listed in (True, False))
    assert unlisted == listed
    return listed


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plot=st.lists(steps, min_size=4, max_size=14))
def test_the_kept_flow_is_the_logs_and_closed_versions_never_change(
    make_bench: Callable[..., Bench], plot: list[tuple[Any, ...]]
) -> None:
    bench = make_bench(name=f"review-{next(FILES)}")
    bench.given("Embase", "1", "2")
    versions: dict[str, dict[str, Any]] = {}
    for step in plot:
        take(bench, step)
        standing = [version.label for version in list_versions(bench.review)]
        versions = {label: versions.get(label) or told(bench, version=label) for label in standing}
    kept, then = told(bench), bench.review.store.now()
    assert told(bench, at=then) == kept
    # Something that counts for nothing comes after that moment, so that its state is folded from the log instead of being read.
    bench.stated(EventKind.NOTE, "embase:1", text="seen")
    assert told(bench, at=then) == kept
    assert {label: told(bench, version=label) for label in versions} == versions
    if not told(bench)["adjustments"]:
        bench.flow()
    for label in ("", *versions):
        assert_methods_count_as_the_figure(bench, label)


def assert_methods_count_as_the_figure(bench: Bench, label: str) -> None:
    """What is said of screening adds up, and to the boxes of the figure beside it; at full text a report of other methods counts too."""
    counts, facts = told(bench, version=label)["counts"], read_methods(bench.review, label)
    by_stage = {stage.stage: stage for stage in facts.stages}
    for stage, boxes in BOXES.items():
        expected = sum(counts[box] or 0 for box in boxes) - facts.typed.get(stage, 0)
        assert (by_stage[stage].reports if stage in by_stage else 0) == expected
    for screened in facts.stages:
        voted = sum(screened.by_people.values()) + screened.by_tools
        assert voted + screened.unvoted + screened.earlier == screened.reports
        assert all(screened.without_access[n] <= screened.by_people[n] for n in screened.without_access)
    assert facts.deduplication.removed == counts["duplicates"]
    assert facts.retrieval.sought == counts["dbr_sought_reports"] + (counts["other_sought_reports"] or 0)
