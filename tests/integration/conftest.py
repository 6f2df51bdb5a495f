"""A bench for tests that work on a whole review: short words for what they do to it; every flow that it gives is checked."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from histories import Memory, memory
from update_of_two import build_update

from prisma_tool.dedupe.run import deduplicate
from prisma_tool.flow.as_json import as_json
from prisma_tool.flow.close_with_counts import close
from prisma_tool.flow.flow import Flow
from prisma_tool.flow.read import read_flow
from prisma_tool.flow.scope import Scope
from prisma_tool.fulltext.retrieval import Retrieval, retrieve
from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.vocabulary import RetrievalStatus, SourceKind, Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.store.projections import event_log
from prisma_tool.updates import close_version


class Bench:
    """A review with short words for what tests do to it."""

    def __init__(self, review: Review, folder: Path) -> None:
        self.review, self.folder = review, folder

    def given(
        self,
        source: str,
        *ids: str,
        kind: SourceKind = SourceKind.DATABASE,
        title: str = "A trial of treatment {}",
        abstract: str = "Text",
    ) -> None:
        """Import one record per id; records of the same id in different sources have the same title."""
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(["accession", "title", "authors", "year", "journal", "abstract"])
        for one in ids:
            writer.writerow(
                [one, title.format(f"{one} in {one} and {one}"), f"Author{one}, A", "2020", f"Journal {one}", abstract]
            )
        path = self.folder / f"{source}-{'-'.join(ids)[:40]}.csv"
        path.write_text(table.getvalue(), encoding="utf-8")
        self.given_file(path, source, kind)

    def given_file(self, path: Path, source: str, kind: SourceKind = SourceKind.DATABASE) -> None:
        import_file(self.review, path, Import(source, kind))

    def dedupe(self) -> None:
        deduplicate(self.review, time.monotonic)

    def vote(self, verdict: str, *keys: str, stage: Stage = Stage.TITLE_ABSTRACT, reason: str = "", by: str = "Ada") -> None:
        decide(self.review, [Decision(key, stage, by, Verdict(verdict), reason) for key in keys])

    def assess(self, verdict: str, *keys: str, reason: str = "") -> None:
        self.vote(verdict, *keys, stage=Stage.FULL_TEXT, reason=reason)

    def retrieved(self, *keys: str, status: str = "retrieved") -> None:
        retrieve(self.review, [Retrieval(key, RetrievalStatus(status)) for key in keys], "Ada")

    def judged(self, key: str, verdict: str, reason: str = "") -> None:
        """Include a report at title/abstract and decide on its full text."""
        self.vote("include", key)
        self.assess(verdict, key, reason=reason)

    def stated(self, kind: EventKind, subject: str, **payload: Any) -> None:
        """Store an event whose command is tested elsewhere."""
        with self.review.store.write() as transaction:
            event_log.append(transaction, [event_log.Draft(kind, subject, reviewer="Ada", payload=payload)])

    def close(self, label: str, *, force: bool = False) -> None:
        """Deduplicate and close a version."""
        self.dedupe()
        close(self.review, label, "Ada", force=force)

    def review_close(self, label: str) -> None:
        """Close a version as things stand."""
        close(self.review, label, "Ada")

    def reopen(self, label: str = "") -> None:
        close_version.reopen(self.review, label, "Ada")

    def flow(self, **scope: Any) -> Flow:
        flow = read_flow(self.review, scope=Scope(**scope))
        broken = [one for one in flow.checks if one.kind == "strict" and not one.holds]
        assert not broken, broken
        unexplained = [one for one in flow.checks if one.kind == "explainable" and not one.holds]
        assert not unexplained, unexplained
        assert as_json(flow)["counts"]["records_screened"] == flow.records_screened.n
        assert as_json(read_flow(self.review, scope=Scope(**scope), listed=False)) == as_json(flow)
        return flow

    def told(self, **scope: Any) -> dict[str, Any]:
        """The flow as JSON."""
        return as_json(self.flow(**scope))


@pytest.fixture(scope="session")
def in_memory() -> Iterator[Memory]:
    """A database in memory; whoever begins a history in it ends the one before."""
    with memory() as database:
        yield database


@pytest.fixture(scope="session")
def bench_around() -> type[Bench]:
    """The bench itself, for modules that build one review for all their tests."""
    return Bench


@pytest.fixture
def make_bench(make_review: Callable[..., Review], tmp_path: Path) -> Callable[..., Bench]:
    """Makes benches around reviews; takes what `make_review` takes, and `once` fills a bench."""

    def make(*, once: Callable[[Bench], object] | None = None, **review: Any) -> Bench:
        if once is not None:
            review["once"] = wraps(once)(lambda kept: once(Bench(kept, kept.folder.parent)))
        return Bench(make_review(**review), tmp_path)

    return make


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    """A plain review on SQLite with one reviewer, Ada."""
    return make_bench()


@pytest.fixture(scope="session")
def update_of_two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The review of `update_of_two`, built once; tests read it, and change only a copy."""
    return build_update(tmp_path_factory.mktemp("update"))
