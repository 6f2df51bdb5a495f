"""Screening as a dialogue of plain lines: everything that is drawn elsewhere is said here, and nothing is repainted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner

from prisma_tool.cli.main import cli
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import event_rows
from prisma_tool.tui.plain_dialogue import PlainDialogue
from prisma_tool.tui.sessions.screening_session import ScreeningSession

ReviewOf = Callable[..., Review]
TITLES = Stage.TITLE_ABSTRACT


def talk(review: Review, *lines: str, stage: Stage = TITLES) -> str:
    """What is said when these lines are typed."""
    typed, said = iter(lines), list[str]()
    PlainDialogue(ScreeningSession(review, stage, "Anna"), lambda _: next(typed, None), said.append).run()
    return "\n".join(said)


def test_a_record_is_read_decided_and_the_next_one_follows(review_of: ReviewOf) -> None:
    review = review_of(3)
    said = talk(review, "i", "e 2", "u", "m", "%")
    assert said.index("Plain report 1") < said.index("Stored: include.") < said.index("Plain report 2")
    assert "Stored: exclude (Wrong intervention)." in said
    assert "Taken back: exclude (Wrong intervention)." in said
    assert said.endswith("2 of 3 done · 66 %")
    assert ScreeningSession(review, TITLES, "Anna").progress().mine == {Verdict.INCLUDE: 1, Verdict.MAYBE: 1}


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("", "An empty line is no answer"),
        ("zzz", "zzz is no answer"),
        ("e 99", "There is no reason 99"),
        ("O", "That belongs to the full text."),
        ("W", "That belongs to the full text."),
        ("o", "o is no answer"),
        ("w", "w is no answer"),
        ("n", "Not done: The note is empty"),
        ("g 99", "g is no answer"),
        (": 99", "Type : and a number from 1 to 2."),
        ("u", "There is nothing to take back."),
        ("E", "2: Wrong intervention"),
        ("c", "Include when: Adults [18+]"),
        ("h", "Record 1 of 2"),
        (": 2", "Record 2 of 2"),
        (":2", "Record 2 of 2"),
        (".", "Record 1 of 2"),
        ("r", "Record 1 of 2"),
    ],
)
def test_whatever_is_typed_has_an_answer(review_of: ReviewOf, line: str, answer: str) -> None:
    assert answer in talk(review_of(2), line)


def test_at_full_text_an_exclusion_without_a_reason_is_refused_in_words(review_of: ReviewOf) -> None:
    review = review_of(1)
    ScreeningSession(review, TITLES, "Anna").decide(Verdict.INCLUDE)
    said = talk(review, "e", stage=Stage.FULL_TEXT)
    assert "Not done: An exclusion at full text needs exactly one reason of: Wrong population" in said


def test_control_characters_of_a_record_never_reach_the_terminal(review_of: ReviewOf) -> None:
    said = talk(review_of("TY  - JOUR\nTI  - A \x1b[31mred\x1b[0m [b]title[/b]\x07\nER  - \n"))
    assert "A red [b]title[/b]" in said
    assert "\x1b" not in said


def test_the_command_reads_lines_from_its_input(review_of: ReviewOf) -> None:
    review = review_of(2)
    review.store.close()
    arguments = ["-C", str(review.folder), "screen", "--plain", "--reviewer", "Anna"]
    result = CliRunner().invoke(cli, arguments, input="i\nq\n", catch_exceptions=False)
    assert result.exit_code == 0
    assert "Stored: include." in result.stdout
    with review.store.read() as transaction:
        assert [vote.via for vote in event_rows.events(transaction, kinds=[EventKind.DECISION])] == ["application"]
