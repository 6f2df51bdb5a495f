"""Claims: one living program at a time, and none that outlives its program."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from prisma_tool.store.engine.claims import claimed
from prisma_tool.store.engine.database import Store

HOLDER = """
import sys, time
from prisma_tool.store.engine.claims import claimed
from prisma_tool.store.engine.database import Store, make_engine
store = Store(make_engine(sys.argv[1]), None, None, None, "")
with claimed(store, "search pubmed") as ours:
    print(ours, flush=True)
    sys.stdin.read()
"""


def test_what_is_claimed_is_free_again_afterwards_and_other_subjects_are_free_throughout(store: Store) -> None:
    with claimed(store, "search pubmed") as first, claimed(store, "search pubmed") as second, claimed(store, "other") as other:
        assert (first, second, other) == (True, False, True)
    with claimed(store, "search pubmed") as again:
        assert again


@pytest.mark.posix
def test_a_killed_program_leaves_no_claim(store: Store, database_url: str) -> None:
    command = [sys.executable, "-c", HOLDER, database_url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"True"
        with claimed(store, "search pubmed") as while_it_lives:
            assert not while_it_lives
        holder.send_signal(signal.SIGKILL)
        holder.wait(10)
    # A server notices a moment after the system does that its client is gone.
    assert any(_is_free(store) for _ in range(2_000))


def _is_free(store: Store) -> bool:
    with claimed(store, "search pubmed") as free:
        return free


def test_nothing_is_left_beside_the_database(store: Store, tmp_path: Path) -> None:
    with claimed(store, "search pubmed"):
        pass
    assert not list(tmp_path.glob("*.lock"))
