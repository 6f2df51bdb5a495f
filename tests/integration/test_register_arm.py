"""The sentence on what became of the records from registers: printed only as far as votes and identifiers prove it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from prisma_tool.model.vocabulary import SourceKind

if TYPE_CHECKING:
    from tests.integration.conftest import Bench

NONE = "No results available"
CAPTURED = "Already captured"


@pytest.fixture
def registers(bench: Bench) -> Bench:
    """Three entries; one trial has a publication in PubMed and one in Embase, another one in PubMed alone."""
    entries, pubmed, embase = bench.folder / "entries.csv", bench.folder / "pubmed.csv", bench.folder / "embase.csv"
    entries.write_text("accession,title,nct\n" + "".join(f"{n},Trial {n},NCT0000000{n}\n" for n in (1, 2, 3)), encoding="utf-8")
    pubmed.write_text("accession,title,nct\n11,First report,NCT00000001\n12,Second,NCT00000002\n", encoding="utf-8")
    embase.write_text("accession,title,nct\n13,Another report,NCT00000001\n", encoding="utf-8")
    bench.given_file(entries, "ICTRP", kind=SourceKind.REGISTER)
    bench.given_file(pubmed, "PubMed")
    bench.given_file(embase, "Embase")
    bench.dedupe()
    return bench


def footnotes(bench: Bench) -> list[str]:
    return [note for note in bench.flow().footnotes if "from registers" in note]


def test_the_sentence_names_the_source_that_captures_every_entry(registers: Bench) -> None:
    registers.vote("exclude", "ictrp:3", reason=NONE)
    registers.vote("exclude", "ictrp:1", reason=CAPTURED)
    assert footnotes(registers) == [], "one record still waits"
    registers.vote("exclude", "ictrp:2", reason=CAPTURED)
    assert footnotes(registers) == [
        "3 records from registers were screened: 1 without results, 2 already captured through PubMed; none was included."
    ]


def test_what_was_included_or_excluded_otherwise_is_told_too(registers: Bench) -> None:
    registers.vote("exclude", "ictrp:3", reason=NONE)
    registers.vote("exclude", "ictrp:1", reason="Wrong population")
    registers.judged("ictrp:2", "include")
    assert footnotes(registers) == [
        "3 records from registers were screened: 1 without results, 1 excluded for other reasons; 1 was included."
    ]


def test_nothing_is_told_where_an_exclusion_has_no_reason(registers: Bench) -> None:
    registers.vote("exclude", "ictrp:1", "ictrp:3", reason=NONE)
    registers.vote("exclude", "ictrp:2")
    assert footnotes(registers) == []


def test_a_note_of_the_review_takes_the_place_of_the_sentence(make_bench: Callable[..., Bench]) -> None:
    own = 'notes = { register_results = "All {register_results}" }'
    bench = make_bench(toml_edits={'seen_hits = "removed"': f'seen_hits = "removed"\n{own}'})
    bench.given("ICTRP", "1", kind=SourceKind.REGISTER)
    bench.dedupe()
    bench.vote("exclude", "ictrp:1", reason=NONE)
    assert footnotes(bench) == []
    assert bench.told()["notes"] == {"register_results": "All {register_results}"}
