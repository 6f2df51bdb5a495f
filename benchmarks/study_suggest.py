"""How long `study suggest` takes where many reports passed title/abstract screening.

    python benchmarks/study_suggest.py 5000 50000

Each size runs in a process of its own on a real SQLite file: invented publications by teams of like names (surnames follow Zipf's law, so
that the commonest is the first author of about one report in a hundred; half of the reports give initials), every third of them one of several reports of a study, every tenth with a registry
number. "s" is the suggestion alone, reading the records included; "pairs" are those that met in a block, "MB" the peak of the process.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory

from generated_records import Maker

from prisma_tool.dedupe.normalise import normalise
from prisma_tool.model.record.citation import Author, Citation
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, create_review, open_review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.store.records import records
from prisma_tool.store.runs import runs
from prisma_tool.studies import links
from prisma_tool.studies.same_people import meeting

REVIEWER = "Ada"
SURNAMES = 5_000
GIVEN = 400
HEADER = ("reports", "s", "MB", "pairs", "suggestions")


def publications(size: int, seed: int = 7) -> Iterator[Citation]:
    """Invented publications; a study's later reports keep its people and most of its title."""
    maker, draw = Maker(seed, size), random.Random(seed)
    surnames = [f"Family{n}" for n in range(SURNAMES)]
    given = [f"Given{n}" for n in range(GIVEN)]
    common, usual = (list(accumulate(1 / (rank + 20) for rank in range(n))) for n in (SURNAMES, GIVEN))
    studies: list[Citation] = []
    for number in range(size):
        if studies and number % 3 == 0:
            original = draw.choice(studies[-200:])
            title = f"{original.title}: {draw.choice(('long-term results', 'quality of life', 'a subgroup analysis'))}"
            people, numbers = original.authors, original.registry_numbers
        else:
            title = maker.citation().title
            family = draw.choices(surnames, cum_weights=common, k=draw.randint(2, 9))
            called = draw.choices(given, cum_weights=usual, k=len(family)) if draw.random() < 0.5 else "ABCDEFGHJ"
            people = tuple(map(Author, family, called))
            numbers = (f"NCT{number:08d}",) if number % 10 == 1 else ()
        citation = Citation(title=title, authors=people, year=2000 + number % 25, registry_numbers=numbers, pmid=str(number + 1))
        if number % 3:
            studies.append(citation)
        yield citation


def build(folder: Path, size: int) -> None:
    """A review in which every report passed title/abstract screening."""
    create_review(folder, title="Many studies", reviewers=(REVIEWER,))
    with open_review(folder, Environment(), print) as review:
        with review.store.write() as transaction:
            source = runs.register_source(transaction, "PubMed", SourceKind.DATABASE)
            run = runs.begin_run(transaction, source.slug)
            deliveries = [records.Delivery(source.slug, one.pmid, one) for one in publications(size)]
            records.store_batch(transaction, run.id, deliveries)
        keys = [f"{source.slug}:{one.accession}" for one in deliveries]
        decide(review, [Decision(key, Stage.TITLE_ABSTRACT, REVIEWER, Verdict.INCLUDE) for key in keys])


def measured(review: Review) -> dict[str, int | float]:
    """One call of `suggest`, and how many pairs meet for it."""
    started = time.perf_counter()
    suggestions = links.suggest(review)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    with review.store.read() as transaction:
        comparables = [normalise(one.key, one.source, one.citation) for one in records.all_records(transaction)]
    return {"s": seconds, "MB": peak, "pairs": len(meeting(comparables)), "suggestions": len(suggestions)}


def one_size(folder: Path) -> None:
    """Print the figures of one review as JSON."""
    with open_review(folder, Environment(), lambda _: None) as review:
        print(json.dumps(measured(review)))


def main() -> None:
    """Measure each size that is named on the command line."""
    if sys.argv[1] == "--one":
        one_size(Path(sys.argv[2]))
        return
    print("".join(f"{name:>12}" for name in HEADER))
    for size in map(int, sys.argv[1:]):
        with TemporaryDirectory() as parent:
            folder = Path(parent) / "review"
            build(folder, size)
            done = subprocess.run([sys.executable, __file__, "--one", str(folder)], check=True, stdout=subprocess.PIPE)  # noqa: S603
        told = json.loads(done.stdout)
        print(f"{size:>12,}{told['s']:>12.2f}{told['MB']:>12,}{told['pairs']:>12,}{told['suggestions']:>12,}", flush=True)


if __name__ == "__main__":
    main()
