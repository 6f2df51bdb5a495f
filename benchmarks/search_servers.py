"""The two services for a search benchmark, as a process of their own: `python search_servers.py '{"articles": 25000, ...}'`.

Owns the invented corpus: any number of articles, a third of them with neighbouring PMIDs and one entry month, and register entries.
Invariant: one line of JSON says where the servers listen; each line on standard input is answered with one line of what they saw;
when standard input ends, they end.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "fixtures"))

from articles import pmid_of, split_set
from faults import TRANSIENT, Fault, FaultPlan
from serve import DEMO, demo_studies
from service import Request, StandIn
from standin_ctgov import CtgovStandIn
from standin_pubmed import LISTED, WINDOW, PubmedStandIn

BUSY_MONTH_FROM = 38_000_000
"""The first PMID of the third that came in one month; PMIDs there follow each other without gaps."""
SPREAD = 37_900_000
KEYWORD = "benchmarked"
"""What a search of the register finds all entries by."""
_ENTREZ = re.compile(rb'(<PubMedPubDate PubStatus="entrez"><Year>)\d+(</Year><Month>)\d+(?=</Month>)')
KINDS = (*TRANSIENT, Fault.STALL, Fault.DRIP, Fault.EMPTY_SET)


class Corpus(Mapping[int, bytes]):
    """Articles made on demand from the demo's, so that the server's memory holds only their numbers."""

    def __init__(self, count: int) -> None:
        in_one_month = count // 3
        spread = count - in_one_month
        self._numbers = [
            *(1 + number * SPREAD // max(spread, 1) for number in range(spread)),
            *range(BUSY_MONTH_FROM, BUSY_MONTH_FROM + in_one_month),
        ]
        self._known = frozenset(self._numbers)

    @cached_property
    def _templates(self) -> list[tuple[bytes, bytes]]:
        found = split_set((DEMO / "pubmed.xml").read_bytes())
        return [(str(pmid).encode(), article) for pmid, article in found.items()]

    def __getitem__(self, pmid: int) -> bytes:
        if pmid not in self._known:
            raise KeyError(pmid)
        number, template = self._templates[pmid % len(self._templates)]
        article = template.replace(number, b"%d" % pmid).replace(b"<ArticleTitle>", b"<ArticleTitle>Invented %d: " % pmid, 1)
        article = _ENTREZ.sub(rb"\g<1>2024\g<2>6", article) if pmid >= BUSY_MONTH_FROM else article
        assert pmid_of(article) == pmid
        return article

    def __contains__(self, pmid: object) -> bool:
        return pmid in self._known

    def __iter__(self) -> Iterator[int]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


def studies(count: int) -> list[dict[str, Any]]:
    """Register entries in any number, made from the demo's."""
    templates = [json.dumps(study) for study in demo_studies()]
    made = []
    for number in range(count):
        study = json.loads(templates[number % len(templates)])
        study["protocolSection"]["identificationModule"]["nctId"] = f"NCT{90_000_000 + number:08d}"
        study["protocolSection"]["conditionsModule"]["keywords"] = [KEYWORD]
        made.append(study)
    return made


def seen(stand_in: StandIn, interval: float) -> dict[str, Any]:
    """What a server saw: how many requests, how close together, and how far into a list."""
    requests: Sequence[Request] = list(stand_in.requests)
    times = [request.time for request in requests]
    return {
        "requests": len(requests),
        "faults": sum(request.fault is not None for request in requests),
        "least_gap": round(min((later - earlier for earlier, later in pairwise(times)), default=0.0), 4),
        "most_in_a_second": max((sum(start <= moment < start + WINDOW for moment in times) for start in times), default=0),
        "too_fast": sum(later - earlier < interval * 0.9 for earlier, later in pairwise(times)),
        "largest_retstart": max((int(request.params.get("retstart", 0)) for request in requests), default=0),
        "seconds": round(times[-1] - times[0], 3) if times else 0.0,
        "beyond_cap": sum(int(request.params.get("retstart", 0)) >= LISTED for request in requests),
    }


def main() -> None:
    wanted = json.loads(sys.argv[1])
    faults = FaultPlan.rate(wanted["share"], wanted["seed"], KINDS) if wanted.get("share") else FaultPlan.none()
    stall = float(wanted.get("stall", 600))
    pubmed = PubmedStandIn(Corpus(wanted["articles"]), faults=faults, rate_limited=bool(wanted["limited"]), stall_seconds=stall)
    ctgov = CtgovStandIn(studies(wanted["studies"]), faults=faults, stall_seconds=stall)
    with pubmed, ctgov:
        print(json.dumps({"eutils": pubmed.url, "ctgov": ctgov.url}), flush=True)
        for _ in sys.stdin:
            print(json.dumps({"pubmed": seen(pubmed, 1 / 3), "ctgov": seen(ctgov, 1.0)}), flush=True)


if __name__ == "__main__":
    main()
