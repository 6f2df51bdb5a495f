"""Copies whose clocks jump by days: the property of tests/integration/test_causal_order.py over many more examples.

    python benchmarks/causal_order.py [--examples 1000]

Ends with the smallest history that breaks it, or with how many held.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import click
from hypothesis import HealthCheck, given, settings

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from clocked_copies import databases, orders, stories, work_apart


def main() -> None:
    """Search."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=1_000)
    examples = parser.parse_args().examples
    begun, held = time.monotonic(), 0
    with databases() as memories:

        @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(stories, orders)
        def search(story: list, order: list) -> None:  # type: ignore[type-arg] # as the strategies give them
            nonlocal held
            work_apart(memories, story, order)
            held += 1

        search()
    click.echo(f"{held} histories of three copies held, in {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
