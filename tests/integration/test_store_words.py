"""Looking for text in a review, on both databases alike."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.model.log.corrections import payload
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.record.citation import Author, Citation, Section
from prisma_tool.model.text_query import text_query
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.store.copies.unite import unite
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Store
from prisma_tool.store.index import arrival_order, index_health, text_index, word_entries
from prisma_tool.store.index.corrections import edits_in_log
from prisma_tool.store.index.indexable_words import ALWAYS_FITS, LONGEST_WORD, fits
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import records
from prisma_tool.store.runs import runs

PAPERS = {
    "1": Citation(title="CAR-T cells in relapsed leukaemia", authors=(Author("Müller", "Z"),), year=2021, doi="10.5555/aml.1"),
    "2": Citation(title="Natural killer cells", abstract=(Section("METHODS", "Mice with leukemia and CAR receptors, not T."),)),
    "3": Citation(title="AND OR NOT near(a, b) {weird} col:umn", keywords=("leukemias",)),
}


def stored(store: Store, contents: dict[str, Citation]) -> None:
    with store.write() as transaction:
        source = runs.register_source(transaction, "PubMed", SourceKind.DATABASE)
        run = runs.begin_run(transaction, source.slug)
        records.store_batch(transaction, run.id, [records.Delivery(source.slug, number, one) for number, one in contents.items()])


@pytest.fixture
def filled(store: Store) -> Store:
    stored(store, PAPERS)
    return store


def found(store: Store, typed: str) -> list[str]:
    with store.read() as transaction:
        return sorted(key.removeprefix("pubmed:") for key in text_index.keys_matching(transaction, text_query(typed)))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("cells", ["1", "2"]),
        ("leuk*", ["1", "2", "3"]),
        ("leukemia", ["2"]),
        ("car-t", ["1"]),
        ('"natural killer"', ["2"]),
        ('"killer natural"', []),
        ("muller 2021", ["1"]),
        ("10.5555/AML.1", ["1"]),
        ("cells -mice", ["1"]),
        ("-mice", ["1", "3"]),
        ("", []),
        ("NOT OR AND near( b col:umn", ["3"]),
        ('" * ^ {', []),
    ],
)
def test_words_prefixes_and_phrases_find_what_contains_them(filled: Store, typed: str, expected: list[str]) -> None:
    assert found(filled, typed) == expected
    with filled.read() as transaction:
        places = text_index.positions_matching(transaction, text_query(typed))
        keys = arrival_order.keys_at(transaction, places)
    assert [key.removeprefix("pubmed:") for key in keys] == expected, "in the order of arrival"


def test_a_changed_record_is_found_by_its_new_words_alone(filled: Store) -> None:
    stored(filled, {"1": Citation(title="CAR-T cells in relapsed lymphoma", doi="10.5555/aml.1")})
    assert (found(filled, "lymphoma"), found(filled, "leukaemia")) == (["1"], [])


@pytest.mark.parametrize("letter", ["'", '"', "\\", "%", "\x00", "ß", "中", "é"])
def test_no_sign_can_break_out_of_the_question(filled: Store, letter: str) -> None:
    assert found(filled, f"cells{letter}") in (["1", "2"], [])
    assert found(filled, f"{letter}") == []


VOCABULARY = ("alpha", "beta", "gamma", "gam", "delta", "10", "5x")
RANDOM = random.Random(11)
TEXTS = {str(n): " ".join(RANDOM.choices(VOCABULARY, k=RANDOM.randint(1, 9))) for n in range(40)}
TERMS = st.builds(
    lambda minus, words, star: f'{minus}"{" ".join(words)}{star}"',
    st.sampled_from(("", "-")),
    st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=3),
    st.sampled_from(("", "*")),
)


def meets(text: str, typed: str) -> bool:
    """What a query means, word by word."""
    for term in text_query(typed):
        phrase = " " + " ".join(term.words) + ("" if term.prefix else " ")
        if (phrase in f" {text} ") == term.absent:
            return False
    return True


def test_any_words_phrases_and_prefixes_present_and_absent_mean_the_same_on_both_databases(store: Store) -> None:
    stored(store, {number: Citation(title=text) for number, text in TEXTS.items()})

    @given(st.lists(TERMS, min_size=1, max_size=200))
    def means(terms: list[str]) -> None:
        typed = " ".join(terms)
        assert found(store, typed) == sorted(number for number, text in TEXTS.items() if meets(text, typed))

    means()


@pytest.mark.parametrize("n", [99, 257, 2_000])
def test_any_number_of_words_may_be_asked_for(store: Store, n: int) -> None:
    words = [f"w{number}" for number in range(n)]
    stored(store, {"all": Citation(title=" ".join(words)), "but-one": Citation(title=" ".join(words[:-1]))})
    for typed, expected in (
        (" ".join(words), ["all"]),
        (" ".join(f"w{number}*" for number in range(n)), ["all"]),
        (" ".join(f'"w{number} w{number + 1}"' for number in range(n - 1)), ["all"]),
        ("w0 " + " ".join(f"-x{word}" for word in words), ["all", "but-one"]),
        (" ".join(f"-{word}" for word in words), []),
        (" ".join(f'-"{word} x"' for word in words), ["all", "but-one"]),
        (f"w0 -{words[-1]}", ["but-one"]),
    ):
        assert found(store, typed) == expected
        with store.read() as transaction:
            places = text_index.positions_matching(transaction, text_query(typed))
            assert len(places) == len(expected)


def test_a_pasted_book_of_words_is_answered_too(store: Store) -> None:
    words = [f"w{number}" for number in range(20_000)]
    stored(store, {"all": Citation(title=" ".join(words)), "but-one": Citation(title=" ".join(words[:-1]))})
    assert found(store, " ".join(words)) == ["all"]


def different_words(n: int) -> str:
    return " ".join(f"word{number:06}" for number in range(n))


EDITS = ("title", "journal")


class Changing:
    """A review in which one thing after another is done at random, and what a plain look through its records finds."""

    def __init__(self, store: Store, copy: Store, seed: int) -> None:
        self.store, self.copy, self.chance = store, copy, random.Random(seed)
        self.edits: list[str] = []

    def text(self) -> str:
        return " ".join(self.chance.choices(VOCABULARY, k=self.chance.randint(1, 5)))

    def deliver(self, store: Store) -> None:
        numbers = self.chance.sample(range(8), k=3)
        stored(store, {f"{n}": Citation(title=self.text(), doi=f"10.5555/{n}", keywords=(self.text(),)) for n in numbers})

    def edit(self, store: Store) -> None:
        with store.write() as transaction:
            known = {record.key: record for record in records.all_records(transaction)}
            if known:
                key, field = self.chance.choice(sorted(known)), self.chance.choice(EDITS)
                said = payload(field, self.text(), getattr(known[key].original, field))
                (event,) = event_log.append(transaction, [event_log.Draft(EventKind.EDIT, key, reviewer="Ada", payload=said)])
                self.edits.append(event.id)

    def take_back(self, store: Store) -> None:
        with store.write() as transaction:
            known = [event.id for event in event_rows.events(transaction, kinds=[EventKind.EDIT])]
            if known:
                undo = event_log.Draft(EventKind.UNDO, self.chance.choice(known), reviewer="Ada")
                event_log.append(transaction, [undo])

    def merge(self, store: Store) -> None:
        with store.write() as here, self.copy.read() as there:
            unite(here, there)

    def make_anew(self, store: Store) -> None:
        with store.write() as transaction:
            index_health.reindex(transaction, [], edits_in_log(transaction))

    def step(self) -> None:
        common = (self.deliver, self.edit, self.take_back)
        self.chance.choice(common)(self.copy)
        self.chance.choice((*common, *common, self.merge, self.make_anew))(self.store)

    def require_same(self) -> None:
        typed = (*VOCABULARY, f'"{self.text()}"', f"{self.chance.choice(VOCABULARY)[:2]}*", f"-{self.text()}")
        with self.store.read() as transaction:
            texts = {record.key: text_index.text_of(record.citation) for record in records.all_records(transaction)}
            for one in typed:
                seen = {key for key, text in texts.items() if meets(text, one)}
                assert text_index.keys_matching(transaction, text_query(one)) == seen


@pytest.mark.parametrize(("seed", "spare"), [(1, 1_000), (3, 0)])
def test_however_records_change_the_index_finds_what_a_look_through_them_finds(
    store: Store, open_database: Callable[..., Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, spare: int
) -> None:
    monkeypatch.setattr(word_entries, "_SPARE", spare)
    changing = Changing(store, open_database(f"sqlite:///{tmp_path / 'copy.db'}"), seed)
    for _ in range(12):
        changing.step()
        changing.require_same()
    assert changing.edits
    with store.write() as transaction:
        assert not index_health.unindexed(transaction)
        assert not list(index_health.outdated(transaction))
        assert not index_health.search_tables_differ(transaction)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("changes", "kept"), [(4, 5), (5, 1)])
def test_sqlite_forgets_earlier_words_when_they_are_more_than_the_present_ones_and_the_spare(
    store: Store, monkeypatch: pytest.MonkeyPatch, changes: int, kept: int
) -> None:
    monkeypatch.setattr(word_entries, "_SPARE", 3)
    for number in range(changes + 1):
        stored(store, {"1": Citation(title=f"Title {number}", doi="10.5555/1")})
    with store.read() as transaction:
        assert transaction.session.execute(sa.text("SELECT count(*) FROM word_index_docsize")).scalar_one() == kept
    assert found(store, "title") == ["1"]
    assert found(store, f"title {changes}") == ["1"]
    assert found(store, "title 0") == []


LONGEST, TOO_LONG = "y" * LONGEST_WORD, "y" * (LONGEST_WORD + 1)
RARE = " ".join(f"{chr(0x20000 + number % 40_000)}{number // 40_000}" for number in range(ALWAYS_FITS))


@pytest.mark.parametrize(
    ("text", "indexed", "left_out"),
    [
        (different_words(62_000), ["word000000", "word061999"], []),
        (different_words(90_000), ["word000000"], ["word089999"]),
        ("same " * 600_000 + "late", ["same", "late"], []),
        (f"{LONGEST} late", [LONGEST, "late"], []),
        (f"{TOO_LONG} late", ["late"], [TOO_LONG]),
        (RARE, [RARE[:2]], [RARE[-2:]]),
    ],
    ids=["many", "too-many", "often", "longest", "too-long", "rare-letters"],
)
def test_of_a_record_that_is_too_much_for_the_index_what_fits_is_found_and_the_record_named(
    store: Store, text: str, indexed: list[str], left_out: list[str]
) -> None:
    large = Citation(title="A large record", abstract=(Section("", text),), doi="10.5555/large.1", keywords=("last",))
    with store.write() as transaction:
        source = runs.register_source(transaction, "PubMed", SourceKind.DATABASE)
        run = runs.begin_run(transaction, source.slug)
        deliveries = [records.Delivery(source.slug, "large", large), records.Delivery(source.slug, "other", PAPERS["1"])]
        warnings = records.store_batch(transaction, run.id, deliveries).warnings
    cut = [warning for warning in warnings if "can be indexed" in warning]
    assert [warning.split(" ")[0] for warning in cut] == ["pubmed:large"] * len(left_out)
    assert found(store, '"a large record" 10.5555/large.1 last') == ["large"], "short fields are indexed before the long one"
    assert [found(store, word) for word in indexed] == [["large"]] * len(indexed)
    assert [found(store, f"-{word}") for word in indexed] == [["other"]] * len(indexed)
    assert [found(store, word) for word in left_out] == [[]] * len(left_out)
    assert [found(store, f"-{word}") for word in left_out] == [["large", "other"]] * len(left_out)
    with store.read() as transaction:
        kept = records.records_by_key(transaction, ["pubmed:large"])["pubmed:large"]
    assert kept.citation == large, "the record itself is whole"


@pytest.mark.parametrize("before", [0, 1, 400, 2_040, 2_050])
def test_one_word_too_many_bytes_is_seen_wherever_it_stands(before: int) -> None:
    lead = f"{'x' * before} " if before else ""
    assert fits(f"{lead}{LONGEST} {LONGEST}") is (before <= LONGEST_WORD)
    assert not fits(f"{lead}short {TOO_LONG} late")


def test_phrases_are_found_however_late_and_however_often_their_words_come(store: Store) -> None:
    text = " ".join(["of the"] * 20_000) + " late phrase of one"
    stored(store, {"1": Citation(title="T", abstract=(Section("", text),)), "2": PAPERS["1"]})
    assert found(store, '"late phrase"') == found(store, '"of one"') == found(store, '"the late phr*"') == ["1"]
    assert found(store, '"phrase late"') == []
    assert found(store, '-"late phrase"') == ["2"]
