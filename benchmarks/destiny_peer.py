"""Runs destiny-deduper on a table of records; executed by the interpreter in which it is installed, imports nothing of ours.

Usage: `python destiny_peer.py RECORDS.jsonl`; prints one JSON object: version, seconds, peak memory in MB, pairs scored and the
cluster of each record. Its documented steps with its own defaults: blocked pairs, scored pairs, connected components.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any


def main(path: Path) -> None:
    import warnings

    warnings.simplefilter("ignore")  # it warns of libraries that only its notebooks need
    from destiny_deduper.algorithm.candidate_selection import build_blocked_pairs
    from destiny_deduper.algorithm.record_resolution import cluster_components
    from destiny_deduper.data_models import Paper
    from destiny_deduper.dedupe import Deduper
    from destiny_deduper.pair_score_result import PairLabel

    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    started = time.perf_counter()
    papers = [Paper(**_fields(row)) for row in rows]
    blocked = build_blocked_pairs(papers)
    pairs = list(blocked.itertuples(index=False, name=None))
    judge = Deduper(reference=papers[0], candidates=[])
    same = [(a, b) for a, b in pairs if judge.score_pair(papers[a], papers[b]).label is PairLabel.DUPLICATE]
    clusters = cluster_components(range(len(papers)), same)
    told = {
        "version": version("destiny-deduper"),
        "seconds": time.perf_counter() - started,
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "compared": len(pairs),
        "labels": [clusters[position] for position in range(len(papers))],
    }
    print(json.dumps(told))


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    from destiny_deduper.algorithm.import_references import row_to_paper_kwargs
    from destiny_sdk.enhancements import AuthorPosition, Authorship

    names = row["authors"]
    places = [AuthorPosition.MIDDLE] * len(names)
    if names:
        places[-1], places[0] = AuthorPosition.LAST, AuthorPosition.FIRST
    authors = [Authorship(display_name=name, position=place) for name, place in zip(names, places, strict=True)]
    return row_to_paper_kwargs({**row, "authors": authors or None})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
