"""A review that moves while it is open: whoever works on it goes on where it is, and nothing is created or stored where it was."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from prisma_tool.errors import StoreError
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.copies.move import move
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, open_review, reread
from prisma_tool.review.protocol.edit import set_database
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.store.engine.event_rows import events

if TYPE_CHECKING:
    from tests.integration.conftest import Bench


@pytest.fixture
def folder(make_bench: Callable[..., Bench]) -> Path:
    bench = make_bench(reviewers=("Ada",))
    bench.given("Embase", "1", "2")
    bench.dedupe()
    return bench.review.folder


@pytest.fixture
def open_again(folder: Path) -> Iterator[Callable[..., Review]]:
    """Opens the review as a further program does; it collects what the review says in `said`."""
    with ExitStack() as stack:

        def opened(heard: Callable[[str], None] = print) -> Review:
            return stack.enter_context(open_review(folder, Environment(), heard))

        yield opened


def vote(review: Review, verdict: str = "include") -> None:
    decide(review, [Decision("embase:1", Stage.TITLE_ABSTRACT, "Ada", Verdict(verdict))])


def votes(review: Review) -> list[str]:
    with review.store.read() as transaction:
        return [event.text("verdict") for event in events(transaction, kinds=["decision"])]


@pytest.fixture(params=["other.db", pytest.param("postgres", marks=pytest.mark.postgres)])
def elsewhere(request: pytest.FixtureRequest) -> str:
    """Another place for a review: a file, or a server."""
    return str(request.getfixturevalue("postgres_url") if request.param == "postgres" else request.param)


def test_who_has_a_review_open_goes_on_where_it_moved_to_and_back(
    folder: Path, open_again: Callable[..., Review], elsewhere: str
) -> None:
    sentences: list[str] = []
    mover, worker = open_again(), open_again(sentences.append)
    vote(worker)
    move(mover, elsewhere, print)
    vote(worker, "exclude")
    assert len(sentences) == 1
    assert "moved to another database while it was open" in sentences[0]
    assert not (folder / "review.db").exists()
    assert votes(open_again()) == ["include", "exclude"]
    move(open_again(), "sqlite", print)
    vote(worker, "maybe")
    assert votes(worker) == votes(open_again()) == ["include", "exclude", "maybe"]
    assert worker.store.file == folder / "review.db"


def test_reading_alone_notices_the_move_too_and_creates_nothing(folder: Path, open_again: Callable[..., Review]) -> None:
    mover, reader = open_again(), open_again()
    move(mover, "other.db", print)
    assert votes(reader) == []
    assert reader.store.file == folder / "other.db"
    assert not (folder / "review.db").exists()


def test_whoever_waits_while_the_review_moves_stores_in_the_new_database(
    folder: Path, open_again: Callable[..., Review], elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer asks for the lock before review.toml names the new database, and has it afterwards."""
    mover, worker = open_again(), open_again()
    begun = threading.Event()
    begin = worker.store.engine.connect

    def connect() -> object:
        begun.set()
        return begin()

    monkeypatch.setattr(worker.store.engine, "connect", connect)
    writer = threading.Thread(target=vote, args=(worker,))

    def while_locked(*arguments: object) -> None:
        writer.start()
        assert begun.wait(20)
        set_database(*arguments)  # type: ignore[arg-type] # passed on as they came

    monkeypatch.setattr("prisma_tool.review.copies.move.set_database", while_locked)
    move(mover, elsewhere, print)
    writer.join(30)
    assert votes(open_again()) == ["include"]


def test_a_new_address_where_the_review_is_not_is_refused_and_nothing_is_stored(
    folder: Path, open_again: Callable[..., Review], make_bench: Callable[..., Bench]
) -> None:
    worker = open_again()
    other = make_bench(name="other-review").review.folder
    shutil.copy(other / "review.db", folder / "other.db")
    before = (folder / "review.toml").read_text("utf-8")
    for name, problem in (("other.db", "holds the review"), ("nowhere.db", "does not exist")):
        (folder / "review.toml").write_text(f'{before}\n[database]\nurl = "sqlite:///{name}"\n', encoding="utf-8")
        for step in (vote, votes, reread):
            with pytest.raises(StoreError, match=rf"names another database by now.*nothing was stored.*{problem}"):
                step(worker)
    assert not (folder / "nowhere.db").exists()
    (folder / "review.toml").write_text(before, encoding="utf-8")
    vote(worker)
    assert votes(worker) == ["include"]


def test_a_review_toml_that_somebody_is_editing_moves_nothing(folder: Path, open_again: Callable[..., Review]) -> None:
    worker = open_again()
    (folder / "review.toml").write_text("title = [", encoding="utf-8")
    vote(worker)
    assert votes(worker) == ["include"]
