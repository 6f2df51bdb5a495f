"""Exclusion reasons: renamed and reordered with their history, merged by an event that can be undone, review.toml kept as written."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prisma_tool.cli.main import run
from prisma_tool.errors import DecisionError, ReviewError
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.log.merged_reasons import with_merges
from prisma_tool.model.protocol.protocol import Protocol, Reason
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.review.protocol.edit_reasons import added, fresh_id, moved, renamed, without
from prisma_tool.review.protocol.first_text import new_protocol_text
from prisma_tool.review.protocol.read import parse_protocol
from prisma_tool.screening import exclusion_reasons
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.store.projections import event_log, rebuild
from prisma_tool.store.records import records

Shell = Callable[..., Any]
Deliver = Callable[..., records.StoredBatch]
FIRST = new_protocol_text(title="A", pubmed="", ctgov="", reviewers=("Ada",))


@pytest.fixture
def folder(make_review: Callable[..., Review], deliver: Deliver) -> Path:
    """Three reports that were included; 1 and 2 are excluded at full text for the population, 3 for the outcome."""

    def filled(review: Review) -> None:
        deliver(review.store, *((str(n), Citation(title=f"Report {n} of {n}")) for n in (1, 2, 3)))
        decide(review, [Decision(f"embase:{n}", Stage.TITLE_ABSTRACT, "Ada", Verdict.INCLUDE) for n in (1, 2, 3)])
        grounds = ("Wrong population", "Wrong population", "Wrong outcome")
        decide(
            review, [Decision(f"embase:{n}", Stage.FULL_TEXT, "Ada", Verdict.EXCLUDE, why) for n, why in enumerate(grounds, 1)]
        )

    return make_review(once=filled).folder


@pytest.fixture
def shell(folder: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    def call(*arguments: str, code: int = 0) -> Any:
        capsys.readouterr()
        assert run(["-C", str(folder), *arguments]) == code
        out, err = capsys.readouterr()
        return json.loads(out) if "--json" in arguments else out + err

    return call


def excluded(shell: Shell, *more: str) -> dict[str, int]:
    counted: dict[str, int] = shell("flow", "--json", *more)["lists"]["dbr_excluded"]
    return {label: n for label, n in counted.items() if n}


def test_the_reasons_are_data_without_a_further_word_too(shell: Shell) -> None:
    assert shell("reasons", "--json") == shell("reasons", "list", "--json")


def test_a_renamed_reason_keeps_its_votes_and_the_file_its_comments(shell: Shell, folder: Path) -> None:
    before = (folder / "review.toml").read_text(encoding="utf-8")
    assert shell("reasons", "rename", "wrong population", "Not our [patients]", "--json") == {
        "id": "wrong-population",
        "label": "Not our [patients]",
    }
    after = (folder / "review.toml").read_text(encoding="utf-8")
    assert after == before.replace('label = "Wrong population"', 'label = "Not our [patients]"')
    assert excluded(shell) == {"Not our [patients]": 2, "Wrong outcome": 1}
    shell("decide", "embase:3", "exclude", "--stage", "full-text", "--reason", "Not our [patients]")
    assert excluded(shell) == {"Not our [patients]": 3}


def test_moving_a_reason_changes_its_place_alone(shell: Shell, folder: Path) -> None:
    shell("reasons", "move", "Wrong outcome", "1")
    listed = shell("reasons", "list", "--json")["listed"]
    assert [(one["id"], one["full_text"]) for one in listed[:2]] == [("wrong-outcome", 1), ("wrong-population", 2)]
    assert next(iter(shell("flow", "--json")["lists"]["dbr_excluded"])) == "Wrong outcome"
    assert "# Words to highlight while screening" in (folder / "review.toml").read_text(encoding="utf-8")


def test_merged_reasons_count_as_one_from_then_on_and_apart_before_and_after_undo(shell: Shell, folder: Path) -> None:
    before = (folder / "review.toml").read_text(encoding="utf-8")
    assert shell("reasons", "merge", "Wrong population", "Wrong outcome", "--json") == {
        "reason": "wrong-population",
        "into": "wrong-outcome",
    }
    assert excluded(shell) == {"Wrong outcome": 3}
    assert shell("flow", "--explain", "dbr_excluded:Wrong outcome", "--json")["n"] == 3
    assert "Wrong population" not in [
        one["label"] for one in tomllib.loads((folder / "review.toml").read_text("utf-8"))["reason"]
    ]
    assert "is not a reason of this review" in shell(
        "decide", "embase:1", "exclude", "--stage", "full-text", "--reason", "Wrong population", code=1
    )
    assert "counts under wrong-outcome" in shell("reasons")
    shell("doctor")
    shell("reasons", "merge", "wrong-population", "--undo")
    assert excluded(shell) == {"Wrong population": 2, "Wrong outcome": 1}
    assert (folder / "review.toml").read_text(encoding="utf-8") == before


def test_a_merge_joins_reasons_that_differ_between_reviewers() -> None:
    protocol = Protocol(merged_reasons={"a": "b", "b": "c", "x": "y", "y": "x"})
    assert [protocol.counted_reason(one) for one in ("a", "b", "c", "x", "y", "other")] == ["c", "c", "c", "x", "x", "other"]
    assert with_merges(Protocol(), {}) == Protocol()


def test_the_past_shows_reasons_apart_that_were_merged_since(make_review: Callable[..., Review], deliver: Deliver) -> None:
    review = make_review()
    deliver(review.store, ("1", Citation(title="Report")))
    decide(review, [Decision("embase:1", Stage.TITLE_ABSTRACT, "Ada", Verdict.EXCLUDE, "Wrong outcome")])
    then = review.store.now()
    with review.store.write() as transaction:
        event_log.append(
            transaction,
            [event_log.Draft(EventKind.REASON, "wrong-outcome", reviewer="Ada", payload={"into": "wrong-population"})],
        )
    with review.store.read() as transaction:
        place = ("embase:1", Stage.TITLE_ABSTRACT)
        assert rebuild.folded_state(transaction, then).outcomes[place].reason == "wrong-outcome"
        assert rebuild.folded_state(transaction).outcomes[place].reason == "wrong-population"
        assert rebuild.differences(transaction) == []


def test_votes_for_a_reason_that_left_the_file_can_be_counted_under_another(shell: Shell, folder: Path) -> None:
    path = folder / "review.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('id = "wrong-outcome"', 'id = "no-outcome"'), encoding="utf-8")
    assert [one["id"] for one in shell("reasons", "list", "--json")["unlisted"]] == ["wrong-outcome"]
    shell("reasons", "merge", "wrong-outcome", "no-outcome")
    assert excluded(shell) == {"Wrong population": 2, "Wrong outcome": 1}


def test_a_new_reason_gets_an_id_that_no_vote_has(shell: Shell) -> None:
    assert shell("reasons", "add", "Animal study", "--at", "2", "--json") == {"id": "animal-study", "label": "Animal study"}
    shell("reasons", "rename", "Animal study", "Not human")
    assert shell("reasons", "add", "Animal study", "--json")["id"] == "animal-study-2"
    assert [one["label"] for one in shell("reasons", "list", "--json")["listed"]][1::8] == ["Not human", "Animal study"]


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (("rename", "Nonsense", "x"), 1, "is not a reason of this review"),
        (("rename", "Wrong outcome", " - "), 1, "letters or digits"),
        (("rename", "Wrong outcome", "WRONG population"), 1, "There is a reason 'Wrong population' already"),
        (("rename", "Wrong outcome", "Duplicate report"), 1, "is no exclusion reason"),
        (("add", "Further report of an included study"), 1, "prisma-tool study link"),
        (("move", "Wrong outcome", "9"), 1, "no place 9 in a list of 8"),
        (("merge", "Wrong outcome", "wrong-outcome"), 1, "into itself"),
        (("merge", "Wrong outcome"), 2, "reasons merge REASON INTO"),
        (("merge", "Wrong outcome", "--undo"), 1, "was merged into another"),
    ],
)
def test_what_makes_no_sense_about_reasons_is_refused_and_changes_nothing(
    shell: Shell, folder: Path, arguments: tuple[str, ...], code: int, why: str
) -> None:
    before = (folder / "review.toml").read_bytes()
    assert why in shell("reasons", *arguments, code=code)
    assert (folder / "review.toml").read_bytes() == before


@pytest.mark.parametrize(
    "reason", ["Duplicate", "duplicate report", "Further report", "Secondary publication", "companion report"]
)
def test_what_is_no_exclusion_reason_is_refused_with_the_way_to_do_it(shell: Shell, reason: str) -> None:
    said = shell("decide", "embase:1", "exclude", "--stage", "full-text", "--reason", reason, code=1)
    assert ("prisma-tool dedupe --merge embase:1" in said) or ("prisma-tool study link LABEL embase:1" in said)


# --- the file ----------------------------------------------------------------------------------------------------------------


def test_comments_stay_and_those_behind_a_reason_go_with_it() -> None:
    text = (
        '# mine\n[[reason]]\nlabel = "One"  # ask Ben\n# of two\n[[reason]]\nlabel = "Two"\n\n# end\n[screening]\nblind = true\n'
    )
    assert moved(text, "two", 1) == (
        '# mine\n[[reason]]\nlabel = "Two"\n# of two\n[[reason]]\nlabel = "One"  # ask Ben\n\n# end\n[screening]\nblind = true\n'
    )
    assert renamed(text, "one", "Eins") == text.replace('label = "One"  # ask Ben\n', 'label = "Eins"  # ask Ben\nid = "one"\n')
    assert without(text, "two") == '# mine\n[[reason]]\nlabel = "One"  # ask Ben\n# of two\n\n# end\n[screening]\nblind = true\n'


def test_a_file_without_reasons_gets_those_that_count_by_default() -> None:
    listed = parse_protocol(renamed('title = "A"\n', "wrong-outcome", "Other")).reasons
    assert listed == tuple(Reason(one.id, "Other") if one.id == "wrong-outcome" else one for one in Protocol().reasons)


def test_reasons_that_cannot_be_edited_and_a_last_one_are_left_to_people() -> None:
    with pytest.raises(ReviewError, match="change them in the file"):
        renamed('reason = [{label = "One"}]\n', "one", "Eins")
    with pytest.raises(ReviewError, match="would be left without"):
        without('[[reason]]\nlabel = "One"\n', "one")


labels = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=20).filter(
    lambda text: any(sign.isalnum() for sign in text) and not text.lower().startswith(("duplicate", "further"))
)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(["rename", "move", "add", "drop"]), st.integers(0, 9), labels), max_size=6))
def test_however_reasons_are_edited_ids_stay_and_all_else_of_the_file_does(steps: list[tuple[str, int, str]]) -> None:
    text, ever = FIRST, [reason.id for reason in parse_protocol(FIRST).reasons]
    for deed, number, label in steps:
        listed = parse_protocol(text).reasons
        reason = listed[number % len(listed)]
        taken = {one.label.casefold() for one in listed}
        name = " ".join(label.split())
        if deed == "move":
            text = moved(text, reason.id, number % len(listed) + 1)
            assert {*parse_protocol(text).reasons} == {*listed}
        elif deed == "drop" and len(listed) > 1:
            text = without(text, reason.id)
        elif name and name.casefold() not in taken:
            fresh = Reason(fresh_id(name, ever), name)
            text = renamed(text, reason.id, name) if deed == "rename" else added(text, fresh, number % len(listed) + 1)
            ever.append(fresh.id)
    kept = [line for line in FIRST.splitlines() if line.startswith("#")]
    assert [line for line in text.splitlines() if line.startswith("#")] == kept
    assert parse_protocol(text).screening == parse_protocol(FIRST).screening


def test_an_error_while_writing_leaves_the_merge_to_be_repeated(
    shell: Shell, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: Path, text: str) -> None:
        raise DecisionError("The disk is full.")

    monkeypatch.setattr(exclusion_reasons, "write_protocol", refuse)
    shell("reasons", "merge", "Wrong population", "Wrong outcome", code=1)
    monkeypatch.undo()
    shell("reasons", "merge", "Wrong population", "Wrong outcome")
    assert excluded(shell) == {"Wrong outcome": 3}
