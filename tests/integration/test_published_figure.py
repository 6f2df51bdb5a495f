"""A figure as published reviews print it, from a review's own records: numbers, the two notes under their marks, participants."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from prisma_tool.figure.layout.layout import lay_out
from prisma_tool.figure.layout.templates_2020 import plan
from prisma_tool.figure.words.labels import SOURCE
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.studies import links
from prisma_tool.studies.participants import enter_participants

if TYPE_CHECKING:
    from tests.integration.conftest import Bench

NOTES = """seen_hits = "removed"

[flow.notes]
sources = "Databases: {databases}; registers: clinical trial registry (clinicaltrials.gov)"
excluded = "Exclusions were applied following title and abstract screening. Records from registers (n = {register_results}) were \
screened for results; none were added due to lack of available data or prior capture via PubMed"
"""


def keys(first: int, last: int, source: str = "pubmed") -> list[str]:
    return [f"{source}:{n}" for n in range(first, last + 1)]


def test_the_figure_of_a_published_review_is_drawn_from_its_records(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(toml_edits={'seen_hits = "removed"': NOTES})
    bench.given("PubMed", *(str(n) for n in range(1, 338)))
    bench.given("Trials", *(str(n) for n in range(1001, 1074)), kind=SourceKind.REGISTER)
    bench.dedupe()
    bench.vote("exclude", *keys(71, 337))
    bench.vote("exclude", *keys(1001, 1041, "trials"), reason="No results available")
    bench.vote("exclude", *keys(1042, 1073, "trials"), reason="Already captured")
    bench.vote("include", *keys(1, 70))
    bench.retrieved(*keys(1, 3), status="not-retrieved")
    bench.retrieved(*keys(4, 70))
    bench.assess("exclude", *keys(4, 23), reason="Wrong intervention")
    bench.assess("exclude", *keys(24, 36), reason="Wrong population")
    bench.assess("include", *keys(37, 70))
    links.link_all(bench.review, [(f"Trial {n % 25}", f"pubmed:{n}") for n in range(37, 71)], "Ada")
    for n in range(25):
        enter_participants(bench.review, f"Trial {n}", 11 + (n < 21), None, "Ada")
    flow = bench.flow()
    drawn = plan(flow)
    assert drawn.footnotes == (
        "* Databases: PubMed; registers: clinical trial registry (clinicaltrials.gov)",
        (
            "** Exclusions were applied following title and abstract screening. Records from registers (n = 73) were screened for "
            "results; none were added due to lack of available data or prior capture via PubMed"
        ),
        "† Extension of the PRISMA 2020 template.",
        SOURCE,
    )
    boxes = {box.key: box.text for box in lay_out(flow).boxes}
    assert (
        boxes["identified"] == "Records identified from*: Databases (n = 337) PubMed (n = 337) Registers (n = 73) Trials (n = 73)"
    )
    assert boxes["screened"] == "Records screened (n = 410)"
    assert boxes["excluded"] == "Records excluded** (n = 340)"
    assert boxes["reports_excluded"] == "Reports excluded: Wrong population (n = 13) Wrong intervention (n = 20)"
    assert boxes["included"] == (
        "Studies included in review (n = 25) Reports of included studies (n = 34) Participants (n = 296)†"
    )
    assert [check for check in flow.checks if not check.holds] == []
