"""What a deposit tells of an event, and what vouches for it; pseudonyms; and what may not stand in a deposit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from prisma_tool.errors import FormatError, ReviewError
from prisma_tool.manuscript.bundle import canonical
from prisma_tool.manuscript.bundle.description import described
from prisma_tool.manuscript.bundle.log_lines import Disclosure, line_of_event, read_line
from prisma_tool.manuscript.bundle.pseudonyms import Pseudonyms, people_in, pseudonyms, secret_of
from prisma_tool.manuscript.bundle.published_citation import published
from prisma_tool.manuscript.bundle.published_protocol import published_protocol
from prisma_tool.manuscript.bundle.raw_answers import without_abstracts
from prisma_tool.manuscript.bundle.secrets import Forbidden, names_in, secrets_in
from prisma_tool.model.log.admission import problem
from prisma_tool.model.log.contents import content_hash, derived_salt
from prisma_tool.model.log.events import ENGINE, Event, EventKind
from prisma_tool.model.protocol.bundle_rules import BundleRules
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.protocol.publication import AuthorEntry, Publication
from prisma_tool.model.record.changes import completeness
from prisma_tool.model.record.citation import Author, Citation, Section, Trial
from prisma_tool.review.protocol.read import parse_protocol

MOMENT = datetime(2025, 2, 3, 9, tzinfo=UTC)
HOW = Disclosure(Pseudonyms({"Ada Lovelace": "R2", "Grace Hopper": "R1"}), lambda _: "title = 'shown'\n")


def event(
    kind: str, payload: Mapping[str, Any], *, subject: str = "embase:1", reviewer: str = "Ada Lovelace", salt: str = "ab" * 16
) -> Event:
    stage = "title-abstract" if kind in (EventKind.DECISION, EventKind.ASSIGNMENT, EventKind.PILOT) else ""
    made = Event(
        "0194c9b2", kind, subject, stage, reviewer, MOMENT, MOMENT, "0.1.0", payload, clock=7, via="command line", salt=salt
    )
    return replace(made, sha256=content_hash(made))


VOTE = event(EventKind.DECISION, {"verdict": "exclude", "reason": "wrong-outcome", "note": "Hopper is wrong"})
PROTOCOL = event(EventKind.PROTOCOL, {"text": "reviewers = ['Ada Lovelace']", "sha256": "c" * 64}, subject="", reviewer="")
ENGINES = event(EventKind.DUPLICATE, {"other": "scopus:1", "verdict": "same", "findings": {"title": "agrees"}}, reviewer=ENGINE)


def line(one: Event, how: Disclosure = HOW) -> dict[str, Any]:
    return line_of_event(one, 1, merged=False, how=how)


@pytest.mark.parametrize(("one", "proof"), [(VOTE, "committed"), (PROTOCOL, "sealed"), (ENGINES, "open")])
def test_a_line_is_read_back_with_the_hash_of_the_event(one: Event, proof: str) -> None:
    logged = read_line(canonical.value_of(canonical.line_of(line(one)), "x"), "x")
    assert (logged.event.sha256, logged.proof) == (one.sha256, proof)
    assert logged.event.order == one.order


def test_a_vote_tells_verdict_and_reason_under_a_pseudonym_and_no_note() -> None:
    text = canonical.line_of(line(VOTE)).decode()
    assert '"reviewer":"R2"' in text
    assert '"verdict":"exclude"' in text
    assert not any(word in text for word in ("Lovelace", "Hopper", "ab" * 16))


def test_of_a_protocol_neither_commitment_nor_the_hash_of_its_text_is_published_by_which_a_guess_could_be_tested() -> None:
    text = canonical.line_of(line(PROTOCOL)).decode()
    assert "c" * 64 not in text
    assert "commitment" not in text
    assert "salt" not in text


def test_an_event_whose_salt_anybody_can_derive_is_published_under_names_or_not_at_all() -> None:
    old = event(EventKind.DECISION, {"verdict": "exclude"}, salt=derived_salt("0194c9b2"))
    with pytest.raises(ReviewError, match="anybody could test whom a pseudonym stands for"):
        line(old)
    named = Disclosure(Pseudonyms(), HOW.protocol, named=True)
    assert line(old, named)["private"]["reviewer"] == "Ada Lovelace"
    assert read_line(line(old, named), "x").proof == "open"


@pytest.mark.parametrize("place", ["verdict", "subject", "at", "clock", "sha256", "commitment"])
def test_a_changed_public_field_does_not_fit_the_hash(place: str) -> None:
    changed = line(VOTE)
    public = {**changed["public"], "payload": {**changed["public"]["payload"]}}
    others = {"verdict": "include", "subject": "embase:2", "at": "2025-02-03T09:00:00.000001+00:00", "clock": 8}
    if place == "verdict":
        public["payload"][place] = others[place]
    elif place in others:
        public[place] = others[place]
    else:
        changed = {**changed, place: "0" * 64}
    with pytest.raises(FormatError, match="does not fit its SHA-256"):
        read_line({**changed, "public": public}, "x")


@pytest.mark.parametrize(
    "changes",
    [
        {"sealed": True},
        {"more": 1},
        {"number": 0},
        {"number": True},
        {"merged": 0},
        {"received": "yesterday"},
        {"private": {"reviewer": "R2", "subject": "", "payload": {"verdict": "include"}}},
        {"private": {"reviewer": "", "subject": "", "payload": {}}},
        {"private": []},
        {"public": None},
    ],
)
def test_a_line_that_no_deposit_has_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(FormatError):
        read_line({**line(VOTE), **changes}, "x")


@pytest.mark.parametrize("value", [None, [], 1, "x", {}])
def test_what_is_no_line_is_refused(value: object) -> None:
    with pytest.raises(FormatError):
        read_line(value, "x")


@pytest.mark.parametrize(
    "text", [b'{"a":1,"a":1}\n', b'{"a": 1}\n', b'{"a":1}', b"[1e999]\n", b'["\\ud800"]\n', b"[" * 100_000, b"\xff\n"]
)
def test_json_that_is_not_written_as_here_is_refused(text: bytes) -> None:
    with pytest.raises(FormatError):
        canonical.value_of(text, "x")


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (EventKind.STRATEGY, {"act": "attached", "run": "r", "searched_on": "2024-03-01", "strategy": "walk*", "hits": 512}),
        (EventKind.STRATEGY, {"act": "accepted", "problems": [{"code": "x"}], "sha256": "c" * 64}),
        (
            EventKind.STRATEGY,
            {"act": "reviewed", "strategy": "walk*", "heading": "Spelling", "answer": "yes", "by": "Grace Hopper"},
        ),
        (EventKind.ORDER, {"act": "sampling", "open": 9, "found": 1, "seed": 7, "sha256": "c" * 64, "stretches": [[1, 9, 3, 1]]}),
        (EventKind.ORDER, {"why": "chance", "open": 9, "found": 1}),
        (EventKind.PILOT, {"act": "open", "keys": ["embase:1"], "reviewers": ["Ada Lovelace"]}),
        (EventKind.ASSIGNMENT, {"to": "Grace Hopper", "assigned": True}),
        (EventKind.EFFORT, {"means": "asked", "what": "Grace Hopper"}),
    ],
)
def test_what_the_log_demands_of_an_event_is_published_with_it(kind: EventKind, payload: dict[str, Any]) -> None:
    one = event(kind, payload)
    assert problem(one) == ""
    assert read_line(canonical.value_of(canonical.line_of(line(one)), "x"), "x").event.payload.keys() >= payload.keys()


# --- pseudonyms -------------------------------------------------------------------------------------------------------------------


def test_pseudonyms_follow_neither_alphabet_nor_order_but_a_secret() -> None:
    names = [f"Person {letter}" for letter in "ABCDEFGH"]
    orders = {tuple(pseudonyms(names, secret).names[name] for name in names) for secret in "1234"}
    assert len(orders) == 4
    assert tuple(f"R{number}" for number in range(1, 9)) not in orders
    assert pseudonyms(reversed(names), "1").names == pseudonyms(names, "1").names


def test_another_spelling_is_the_same_person() -> None:
    assert sorted(pseudonyms(["Ada", "ADA", "Bob"], "x").names.values(), key=str.lower) in (
        ["R1", "r1", "R2"],
        ["R1", "R2", "r2"],
    )


def test_the_secret_is_of_an_event_that_no_deposit_opens() -> None:
    salts = [("1", "", "a"), ("2", ENGINE, "b"), ("3", "Ada", derived_salt("3")), ("4", "Ada", "d"), ("5", "Bob", "e")]
    assert secret_of(salts) == "d"


def test_tools_the_engine_and_versions_made_elsewhere_are_no_people() -> None:
    naming = [
        event(EventKind.PROTOCOL, {"text": 'reviewers = ["Ada"]\nobservers = ["Eve"]\ntools = ["ASReview"]', "sha256": ""}),
        event(EventKind.VERSION, {"act": "imported"}, subject="2019"),
        event(EventKind.REVIEWER, {"state": "retired"}, subject="Old Hand"),
        event(EventKind.ASSIGNMENT, {"to": "Bob", "assigned": True}),
    ]
    assert people_in(naming, ["", ENGINE, "ASReview", "2019", "Zoe"]) == ["Ada", "Eve", "Old Hand", "Bob", "Zoe"]


# --- protocol, records, answers ---------------------------------------------------------------------------------------------------


def test_the_protocol_is_published_without_names_comments_and_addresses_and_with_people_out_of_order() -> None:
    text = (
        '# by Ada Lovelace\ntitle = "T"\nreviewers = ["Ada Lovelace", "Grace  Hopper"]\nauthors = ["Ada Lovelace"]\n'
        '[database]\nurl = "postgresql://ada@host/x"\n[answers]\n7 = "Jane Roe ran it"\n[flow]\nauthor = "Ada"\nseen_hits = "omit"\n'
        '[[search]]\nname = "a"\npeer_review = "Jane Roe"\n'
    )
    shown = published_protocol(text, HOW.names, BundleRules())
    assert 'reviewers = ["R1", "R2"]' in shown
    assert 'seen_hits = "omit"' in shown
    assert not any(word in shown for word in ("Ada", "Hopper", "Roe", "postgresql", "#"))
    agreed = published_protocol(text, Pseudonyms(), BundleRules(name_reviewers=True, name_authors=True))
    assert 'authors = ["Ada Lovelace"]' in agreed
    assert "Jane Roe ran it" in agreed
    assert "postgresql" not in agreed


def test_a_record_is_published_without_abstract_and_authors_and_tells_as_much_for_choosing_a_representative() -> None:
    whole = Citation(
        title="T",
        authors=(Author("Doe"),),
        abstract=(Section("", "Secret text"),),
        mesh=("M",),
        trial=Trial(sponsor="S"),
        publication_types=("Trial registry record",),
    )
    shown = published(whole)
    assert completeness(shown) == completeness(whole)
    assert shown.is_register_entry
    assert not any(word in repr(shown) for word in ("Doe", "Secret", "'S'"))
    assert published(shown) == shown


def test_abstracts_are_cut_out_of_xml_in_every_form_and_what_cannot_be_cut_is_refused() -> None:
    xml = b"<A><Abstract><AbstractText>x</AbstractText></Abstract><OtherAbstract Type='P'>\ny</OtherAbstract><PMID>1</PMID></A>"
    assert without_abstracts(xml) == b"<A><PMID>1</PMID></A>"
    with pytest.raises(FormatError):
        without_abstracts(b"<A><Abstract>x</A>")


def test_what_was_agreed_is_read_and_a_misspelt_agreement_refused() -> None:
    rules = parse_protocol('[bundle]\nname_authors = true\nraw_of = ["Own search"]\nnot_names = ["May"]\n').bundle
    assert rules == BundleRules(name_authors=True, raw_of=("Own search",), not_names=("May",))
    assert parse_protocol("").bundle == BundleRules()
    with pytest.raises(ReviewError, match="did you mean 'name_authors'"):
        parse_protocol("[bundle]\nname_author = true\n")
    with pytest.raises(ReviewError, match=r"'bundle\.notes' must be true or false"):
        parse_protocol('[bundle]\nnotes = "no"\n')


# --- what must stay out -----------------------------------------------------------------------------------------------------------


def looked(forbidden: Forbidden, name: str, text: str) -> None:
    list(forbidden.watched(name, [text.encode()]))


@pytest.mark.parametrize(
    "text",
    [
        *("by ada lovelace", "Ada\n Lovelace", "Lovelace, Ada", "x_Ada Lovelace_y", "Lovelace Ada"),
        *("ada_lovelace_export.ris", "ada.lovelace.csv", "Lovelace-Ada.nbib", "ada-lovelace"),
    ],
)
def test_a_name_is_seen_in_every_usual_spelling(text: str) -> None:
    with pytest.raises(ReviewError, match="somebody's name"):
        looked(Forbidden({}, names_in(["Ada Lovelace"], [], [], [])), "log.jsonl", text)


@pytest.mark.parametrize("text", ["Lovelace 2019", "Adalovelace", "ADA Lovelaces"])
def test_other_words_are_no_name(text: str) -> None:
    looked(Forbidden({}, names_in(["Ada Lovelace"], [], [], [])), "log.jsonl", text)


def test_names_in_titles_are_authors_and_keys_are_seen_there_all_the_same() -> None:
    forbidden = Forbidden({"k3y-of-ncbi": "the key"}, names_in(["Ada Lovelace"], ["ada"], ["/home/ada"], []))
    looked(forbidden, "records.csv", "On Ada Lovelace")
    with pytest.raises(ReviewError, match="the key"):
        looked(forbidden, "records.csv", "K3Y-of-ncbi")
    for text in ("/home/ada/x", "run by ada"):
        with pytest.raises(ReviewError):
            looked(forbidden, "data/runs.jsonl", text)


def test_a_secret_is_seen_across_the_parts_in_which_a_file_comes() -> None:
    pieces = [b"x" * 300_000 + b"k3y-of", b"-ncbi" + b"y" * 300_000]
    with pytest.raises(ReviewError):
        list(Forbidden({"k3y-of-ncbi": "the key"}).watched("raw/a.gz", pieces))


def test_any_address_for_mail_is_refused_in_what_the_team_wrote_unless_it_is_allowed() -> None:
    with pytest.raises(ReviewError, match="an e-mail address"):
        looked(Forbidden(), "protocol/review.toml", 'contact = "jane@example.org"')
    looked(Forbidden(allowed=frozenset({"jane@example.org"})), "protocol/review.toml", 'contact = "jane@example.org"')


def test_words_that_are_no_names_here_common_logins_and_pseudonyms_are_not_looked_for() -> None:
    assert names_in(["May", "R1"], ["root"], ["/"], ["may"]) == {}


@pytest.mark.parametrize(("value", "sought"), [("abcd", True), ("abc", False)])
def test_a_secret_of_four_letters_is_looked_for_and_one_of_three_would_be_found_in_any_text(value: str, sought: bool) -> None:
    assert (value in secrets_in({"SOME_PASSWORD": value}, "")) is sought


def test_secrets_come_from_variables_the_configuration_and_the_databases_address() -> None:
    found = secrets_in({"NCBI_API_KEY": "abcdef", "X_EMAIL": "a@b.c", "HOME": "/root"}, "postgresql://u:p%40ss@h/d", "configured")
    assert set(found) == {"abcdef", "a@b.c", "configured", "p%40ss", "p@ss", "postgresql://u:p%40ss@h/d"}


# --- publication ------------------------------------------------------------------------------------------------------------------


def test_a_deposit_says_of_the_review_what_its_protocol_says_and_has_a_licence_with_an_address() -> None:
    about = described(
        Protocol(title="T", publication=Publication((AuthorEntry("Jane Roe"),), licence="cc0-1.0", funding="None."))
    )
    assert ([one.name for one in about.authors], about.licence, about.funding) == (["Jane Roe"], "CC0-1.0", "None.")
    assert (described(Protocol()).title, described(Protocol()).licence) == ("Systematic review", "CC-BY-4.0")
