"""[screening.stopping] of review.toml: what it may say, how it is edited, and what an older protocol means."""

from __future__ import annotations

import pytest

from prisma_tool.errors import ReviewError
from prisma_tool.model.protocol.stopping import Rule, RuleName
from prisma_tool.review.protocol.edit import with_rule
from prisma_tool.review.protocol.first_text import new_protocol_text
from prisma_tool.review.protocol.read import parse_protocol

FIRST = new_protocol_text(title="A", pubmed="", ctgov="", reviewers=("Ada",))


def test_a_new_protocol_states_the_usual_rule_and_one_without_the_table_means_it() -> None:
    assert parse_protocol(FIRST).screening.stopping == parse_protocol("").screening.stopping == Rule()
    assert parse_protocol("").screening.random_share == 0.02


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('rule = "gut feeling"', "screening.stopping.rule' must be one of: hypergeometric, any-order, consecutive, knee"),
        ("target = 1.5", "screening.stopping.target' must be a number from 0.01 to 1.0"),
        ("confidence = true", "screening.stopping.confidence' must be a number"),
        ("count = 0", "screening.stopping.count' must be a number of records, 1 or more"),
        ("random_share = 0.9", "screening.stopping.random_share' must be a number from 0.0 to 0.5"),
        ("tarket = 0.9", "did you mean 'target'?"),
    ],
)
def test_what_is_not_allowed_is_named_with_its_key(line: str, sentence: str) -> None:
    with pytest.raises(ReviewError) as error:
        parse_protocol(f"[screening.stopping]\n{line}\n")
    assert sentence in error.value.message


@pytest.mark.parametrize("text", [FIRST, "", "[screening]\nblind = false # kept\n", 'title = "A"\n[flow]\nseen_hits = "omit"\n'])
def test_a_rule_is_written_into_any_protocol_and_all_else_stays(text: str) -> None:
    rule = Rule(RuleName.CONSECUTIVE, 0.9, 0.8, 77)
    edited = with_rule(text, rule)
    before, after = parse_protocol(text), parse_protocol(edited)
    assert after.screening.stopping == rule
    assert (after.title, after.seen_hits, after.screening.blind) == (before.title, before.seen_hits, before.screening.blind)
    assert all(line in edited for line in text.splitlines() if line.startswith("#") or "# kept" in line)
    assert with_rule(edited, rule) == edited


def test_a_protocol_that_cannot_be_edited_is_left_alone() -> None:
    with pytest.raises(ReviewError, match="write the rule into"):
        with_rule("screening = 5\n", Rule(RuleName.KNEE))
