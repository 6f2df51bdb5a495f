"""Measures the reader of pasted strategies and the guard: milliseconds for strategies of growing length.

    python benchmarks/strategies.py [LINES ...]      100, 200 and 400 lines where none are given

A strategy is like those of supplements: lines of so many terms with tags and hit counts, every tenth line joining the nine before it.
Most published lines hold one term to three; ten are a long line.
"""

from __future__ import annotations

import statistics
import sys
import time

from prisma_tool.identify.strategy.guard.pubmed_checks import examine
from prisma_tool.identify.strategy.numbered_lines import expansions
from prisma_tool.identify.strategy.pasted.reader import read_strategy
from prisma_tool.identify.strategy.tokens import tokens
from prisma_tool.identify.strategy.tree.parse import parse

RUNS = 15
TERMS = (1, 3, 10)


def strategy(lines: int, in_line: int = 10) -> str:
    """A pasted strategy of so many lines, with so many terms in each."""
    rows = []
    for number in range(1, lines + 1):
        if number == lines:
            joined = " AND ".join(f"#{n}" for n in range(10, lines, 10)) or "#1"
            rows.append(f"#{number} {joined} {number * 3}")
        elif number % 10 == 0:
            rows.append(f"#{number} or/{number - 9}-{number - 1} {number * 100}")
        else:
            terms = [f'"term {number} of concept {n}"[tiab]' if n % 2 else f"Heading{number}x{n}[Mesh]" for n in range(in_line)]
            rows.append(f"#{number} {' OR '.join(terms)} {number * 17}")
    return "\n".join(rows)


def milliseconds(text: str) -> float:
    """The median time to read a strategy, write it out and examine it, from cold caches."""
    spent = []
    for _ in range(RUNS):
        tokens.cache_clear()
        parse.cache_clear()
        started = time.process_time()
        read = read_strategy(text)
        expansions(read)
        examine(read)
        spent.append((time.process_time() - started) * 1000)
    return statistics.median(spent)


def main() -> None:
    """Print one line for each length."""
    for lines in map(int, sys.argv[1:] or ["100", "200", "400"]):
        for in_line in TERMS:
            text = strategy(lines, in_line)
            print(f"{lines} lines of {in_line} terms, {len(text)} characters: {milliseconds(text):.1f} ms of CPU")


if __name__ == "__main__":
    main()
