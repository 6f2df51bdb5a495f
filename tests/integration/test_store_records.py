"""Storing what runs deliver: new, seen or changed, and nothing ever overwritten. Every test runs on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from prisma_tool.errors import DecisionError
from prisma_tool.formats.medline.reader import parse_medline
from prisma_tool.model.record.citation import Author, Citation, Section
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.store.engine.database import Store
from prisma_tool.store.engine.schema import IdentifierRow, RecordRow, VersionRow
from prisma_tool.store.records import records
from prisma_tool.store.records.records import StoredBatch
from prisma_tool.store.runs import reruns, run_comparison, runs

Deliver = Callable[..., StoredBatch]

PLAIN = Citation(title="Aspirin for headache", authors=(Author("Ash", "A"),), year=2020, doi="10.1000/1", pmid="1")
WITH_ABSTRACT = Citation(
    title="Aspirin for headache",
    authors=(Author("Ash", "A"),),
    year=2020,
    doi="10.1000/1",
    pmid="1",
    abstract=(Section("", "It helped."),),
)


def keys(store: Store) -> list[str]:
    with store.read() as transaction:
        return [record.key for record in records.all_records(transaction)]


def counted(taken: StoredBatch) -> tuple[int, int, int]:
    return taken.new, taken.seen, taken.changed


def test_a_record_is_new_then_seen_then_changed(store: Store, deliver: Deliver) -> None:
    assert counted(deliver(store, ("1", PLAIN))) == (1, 0, 0)
    assert counted(deliver(store, ("1", PLAIN))) == (0, 1, 0)
    assert counted(deliver(store, ("1", WITH_ABSTRACT))) == (0, 0, 1)
    assert keys(store) == ["embase:1"]


def test_each_version_is_kept_and_says_what_it_changed(store: Store, deliver: Deliver) -> None:
    deliver(store, ("1", PLAIN))
    deliver(store, ("1", WITH_ABSTRACT))
    with store.read() as transaction:
        stored = transaction.session.execute(sa.select(VersionRow.version, VersionRow.changes).order_by(VersionRow.version)).all()
        current = records.records_by_key(transaction, ["embase:1"])["embase:1"]
    assert [tuple(row) for row in stored] == [(1, []), (2, ["abstract arrived"])]
    assert current.citation == WITH_ABSTRACT


def test_a_version_that_merely_lacks_something_is_seen_and_takes_nothing_away(store: Store, deliver: Deliver) -> None:
    deliver(store, ("1", WITH_ABSTRACT))
    assert counted(deliver(store, ("1", PLAIN))) == (0, 1, 0)
    with store.read() as transaction:
        assert records.records_by_key(transaction, ["embase:1"])["embase:1"].citation == WITH_ABSTRACT


def test_a_changed_record_is_found_by_its_present_identifiers_only(store: Store, deliver: Deliver) -> None:
    deliver(store, ("1", PLAIN))
    deliver(store, ("1", Citation(title="Aspirin for headache, corrected", doi="10.1000/2", pmid="1")))
    with store.read() as transaction:
        found = transaction.session.execute(sa.select(IdentifierRow.scheme, IdentifierRow.value).order_by(IdentifierRow.scheme))
        assert [tuple(row) for row in found] == [("doi", "10.1000/2"), ("pmid", "1")]


def test_a_record_that_turns_out_to_be_a_register_entry_is_held_as_one(store: Store, deliver: Deliver) -> None:
    deliver(store, ("1", Citation(title="A trial")))
    abstract = (Section("", "Registered."),)
    deliver(store, ("1", Citation(title="A trial", abstract=abstract, publication_types=("Trial registry record",))))
    with store.read() as transaction:
        assert transaction.session.execute(sa.select(RecordRow.register_entry)).scalar() is True


def test_a_known_key_with_another_title_and_no_shared_identifier_is_another_record(store: Store, deliver: Deliver) -> None:
    other = Citation(title="Zinc for colds", doi="10.1000/9")
    deliver(store, ("1", PLAIN))
    taken = deliver(store, ("1", other))
    assert counted(taken) == (1, 0, 0)
    assert "embase:1 arrived with another title" in taken.warnings[0]
    plain, apart = keys(store)
    assert plain == "embase:1"
    assert apart.startswith("embase:1~")
    assert counted(deliver(store, ("1", other))) == (0, 1, 0)


def test_a_known_key_with_another_title_but_a_shared_identifier_is_a_new_version(store: Store, deliver: Deliver) -> None:
    deliver(store, ("1", PLAIN))
    assert counted(deliver(store, ("1", Citation(title="Aspirin in headache", pmid="1")))) == (0, 0, 1)


def test_entries_without_accession_that_are_alike_are_numbered_and_met_again(store: Store, deliver: Deliver) -> None:
    entry = ("", Citation(title="No number anywhere", year=2001))
    assert counted(deliver(store, entry, entry, entry)) == (3, 0, 0)
    first, second, third = keys(store)
    assert (second, third) == (f"{first}#2", f"{first}#3")
    assert counted(deliver(store, entry, entry, entry)) == (0, 3, 0)


def test_an_entry_met_twice_in_one_run_counts_once_and_then_as_seen(store: Store, deliver: Deliver) -> None:
    assert counted(deliver(store, ("1", PLAIN), ("1", PLAIN))) == (1, 1, 0)
    assert counted(deliver(store, ("2", PLAIN), ("2", WITH_ABSTRACT))) == (1, 1, 0)
    with store.read() as transaction:
        tallies = [runs.tally(transaction, run.id) for run in runs.all_runs(transaction)]
        assert records.records_by_key(transaction, ["embase:2"])["embase:2"].citation == WITH_ABSTRACT
    assert [tally.fetched for tally in tallies] == [1, 1]


def test_a_pubmed_file_meets_the_records_that_were_fetched(store: Store, deliver: Deliver) -> None:
    deliver(store, ("1", PLAIN), source="PubMed")
    text = "PMID- 1\nTI  - Aspirin for headache\nFAU - Ash, A\nDP  - 2020\n"
    (entry,) = parse_medline(text.encode()).entries
    assert counted(deliver(store, (entry.accession, entry.citation), source="pubmed")) == (0, 1, 0)


def test_one_accession_in_two_sources_is_two_records(store: Store, deliver: Deliver) -> None:
    deliver(store, ("1", PLAIN))
    assert counted(deliver(store, ("1", PLAIN), source="Handsearch", kind=SourceKind.OTHER)) == (1, 0, 0)
    assert keys(store) == ["embase:1", "handsearch:1"]


def test_text_of_every_kind_comes_back_as_it_went_in(store: Store, deliver: Deliver) -> None:
    odd = Citation(title="β-blockers 中文 🧪 'quoted' \"twice\" %s :name \\ \u200f", extra=(("X1", "a\tb\nc"),))
    deliver(store, ("ö/1 #2~", odd))
    with store.read() as transaction:
        (record,) = records.all_records(transaction)
    assert (record.accession, record.citation) == ("ö/1 #2~", odd)


def test_a_batch_of_more_records_than_a_statement_takes_is_stored_whole(store: Store, deliver: Deliver) -> None:
    many = [(str(number), Citation(title=f"Report {number}", pmid=str(number))) for number in range(1, 5_003)]
    assert counted(deliver(store, *many)) == (5_002, 0, 0)
    assert counted(deliver(store, *many)) == (0, 5_002, 0)


def test_an_unknown_key_is_refused_and_similar_ones_are_offered(store: Store, deliver: Deliver) -> None:
    deliver(store, ("L2012345", PLAIN))
    with store.read() as transaction:
        with pytest.raises(DecisionError, match=r"no record embasse:L2012345 .*Did you mean embase:L2012345\?"):
            records.require(transaction, ["embasse:L2012345"])
        with pytest.raises(DecisionError, match="Keys look like"):
            records.require(transaction, ["x:100%_"])


def test_an_original_entry_with_bytes_that_no_database_takes_is_stored_all_the_same(store: Store, deliver: Deliver) -> None:
    with store.write() as transaction:
        source = runs.register_source(transaction, "Embase", SourceKind.DATABASE)
        run = runs.begin_run(transaction, source.slug)
        taken = records.store_batch(
            transaction, run.id, [records.Delivery(source.slug, "1", PLAIN, raw="TI  - As\x00pirin\udc80")]
        )
    assert counted(taken) == (1, 0, 0)


def test_an_identifier_beyond_all_bounds_costs_no_record(store: Store, deliver: Deliver) -> None:
    endless = Citation(title="With an endless DOI", doi="10.1000/" + "".join(f"{n:x}." for n in range(4_000)))
    assert counted(deliver(store, ("1", endless), ("2", PLAIN))) == (2, 0, 0)
    with store.read() as transaction:
        assert records.keys_with(transaction, "doi", [PLAIN.doi, endless.doi]) == {"embase:2"}
        assert records.records_by_key(transaction, ["embase:1"])["embase:1"].citation == endless


def test_a_record_that_comes_several_times_in_a_run_counts_once_for_each_kind_of_change(store: Store, deliver: Deliver) -> None:
    deliver(store, ("1", PLAIN))
    again = [("1", replace(PLAIN, title=title)) for title in ("Aspirin, revised", "Aspirin, revised twice", "Aspirin at last")]
    deliver(store, *again)
    with store.read() as transaction:
        run = runs.all_runs(transaction)[-1].id
        assert runs.tally(transaction, run).changed == 1
        assert (
            run_comparison.changes_by_kind(transaction, run) == reruns.kinds_of_change(transaction)[run] == {"title changed": 1}
        )
