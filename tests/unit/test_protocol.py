"""review.toml: what is written is read again, and what is wrong is named with file and key."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.errors import ReviewError
from prisma_tool.model.protocol.protocol import DEFAULT_REASONS, Protocol, Reason, command_for_search
from prisma_tool.model.text import one_line
from prisma_tool.review.open_review import Review, create_review, find_review
from prisma_tool.review.protocol.first_text import new_protocol_text
from prisma_tool.review.protocol.read import parse_protocol

MakeReview = Callable[..., Review]

any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ['"""', "\\", "a\nb\r\nc", "\x00\x1b[31m\x7f", "@title@", "# no", "'''", "\u2028\x85", "é\U0001f9ea"]
)


@given(any_text, any_text.filter(str.strip), any_text.filter(str.strip), st.lists(any_text, max_size=3))
def test_what_init_is_given_is_read_again(title: str, pubmed: str, ctgov: str, reviewers: list[str]) -> None:
    names = {one_line(name).casefold(): name for name in reviewers if one_line(name)}
    text = new_protocol_text(title=title, pubmed=pubmed, ctgov=ctgov, reviewers=tuple(names.values()))
    protocol = parse_protocol(text)
    assert protocol.title == title.strip()
    assert [search.strategy for search in protocol.searches] == [pubmed.strip(), f"query.term={ctgov.strip()}"]
    assert protocol.reviewers == tuple(one_line(name) for name in names.values())


def test_a_first_protocol_works_as_it_stands() -> None:
    protocol = parse_protocol(new_protocol_text(title="", pubmed="", ctgov="", reviewers=()))
    assert protocol == Protocol()
    assert [reason.label for reason in protocol.reasons] == list(DEFAULT_REASONS)


@pytest.mark.parametrize("part", ["title", "pubmed", "ctgov"])
def test_text_that_no_file_can_hold_is_refused_before_anything_is_made(tmp_path: Path, part: str) -> None:
    with pytest.raises(ReviewError, match=r"review\.toml: .*is not valid text"):
        create_review(tmp_path / "new", **{part: "broken \udc80"})  # type: ignore[arg-type] # the three take text
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("titel = 'x'", r"'titel' is not a known key; did you mean 'title'\?"),
        ("[screening]\nreviewer_per_record = 2", r"'screening.reviewer_per_record' .*did you mean 'reviewers_per_record'\?"),
        ("[flow]\nxyz = 1", "'flow.xyz' is not a known key; known are: seen_hits"),
        ("[screening]\nreviewers_per_record = 3", "'screening.reviewers_per_record' must be 1 or 2"),
        ("[screening]\nreviewers_per_record = true", "must be 1 or 2"),
        ("[screening]\nmaybe = 'perhaps'", "'screening.maybe' must be one of: include, conflict"),
        ("[screening]\nblind = 'yes'", "'screening.blind' must be true or false"),
        ("title = 3", "'title' must be a text in quotes"),
        ("reviewers = 'Ada'", "'reviewers' must be a list of texts"),
        ("reviewers = ['Ada', 'ADA']", "'reviewers' names somebody twice"),
        ("screening = 1", r"'screening' must be a table: write \[screening\]"),
        ("reason = 'x'", r"'reason' must be written as \[\[reason\]\]"),
        ("[[reason]]\nid = 'x'", "'reason.label' is missing"),
        ("[[reason]]\nlabel = 'Duplicate report'", "no exclusion reason: join such reports"),
        ("[[reason]]\nlabel = 'A'\n[[reason]]\nlabel = 'a'", "lists the same reason twice"),
        ("[[search]]\nname = 'x'\nsource = '-'", "'search' needs a name and a source, like PubMed, ClinicalTrials.gov or Embase"),
        ("[[search]]\nname = 'x'\nsource = 'PubMed'", "'search x' has no strategy"),
        ("[[search]]\nname = 'x'\nsource = 'PubMed'\n'query.term' = 'a'", "'search.query.term' is not a known key"),
        ("title = ", "is not valid TOML"),
    ],
)
def test_a_mistake_is_named_with_file_and_key(text: str, sentence: str) -> None:
    with pytest.raises(ReviewError, match=rf"folder/review\.toml.*{sentence}"):
        parse_protocol(text, "folder/review.toml")


@pytest.mark.parametrize("address", ["postgresql://ada:secret@host/x", "postgresql://ada@host/x?password=secret"])
def test_a_password_in_review_toml_is_refused_and_not_repeated(make_review: MakeReview, address: str) -> None:
    edits = {"# [database]": "[database]", '# url = "postgresql://user@host/name"': f'url = "{address}"'}
    with pytest.raises(ReviewError, match=r"'database.url' holds a password") as caught:
        make_review(toml_edits=edits)
    assert "secret" not in str(caught.value)


def test_renaming_a_reason_keeps_its_id_and_place() -> None:
    protocol = parse_protocol("[[reason]]\nid = 'p'\nlabel = 'Wrong people'\n[[reason]]\nlabel = 'Wrong design'")
    assert protocol.reasons == (Reason("p", "Wrong people"), Reason("wrong-design", "Wrong design"))
    assert protocol.reason("WRONG PEOPLE") == protocol.reason("p")
    assert (protocol.reason_label("p"), protocol.reason_label("gone")) == ("Wrong people", "gone")
    assert protocol.reason_rank("gone") == 2


def test_a_review_is_found_from_any_folder_within_it_and_nowhere_else(review_folder: Path, tmp_path: Path) -> None:
    assert find_review(review_folder / "raw") == review_folder
    with pytest.raises(ReviewError, match="There is no review in"):
        find_review(tmp_path)


def test_a_second_review_in_one_folder_is_refused_and_the_first_kept(review_folder: Path) -> None:
    before = (review_folder / "review.toml").read_bytes()
    with pytest.raises(ReviewError, match="holds a review already; nothing was changed"):
        create_review(review_folder, title="Another")
    assert (review_folder / "review.toml").read_bytes() == before


def test_a_review_that_lost_its_protocol_is_sent_to_rescue_and_none_is_begun_over_it(review_folder: Path) -> None:
    (review_folder / "review.toml").unlink()
    (review_folder / "review.db").write_bytes(b"whatever")
    with pytest.raises(ReviewError, match=r"lost its review\.toml\. .* `prisma-tool rescue`"):
        find_review(review_folder)
    with pytest.raises(ReviewError, match=r"lost its review\.toml; nothing was changed"):
        create_review(review_folder, title="Another")
    assert not (review_folder / "review.toml").exists()


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20), st.sampled_from(["", "--whole"]))
def test_the_command_for_a_search_means_the_same_to_a_shell(name: str, option: str) -> None:
    words = shlex.split(command_for_search(name, option))
    assert words[:2] == ["prisma-tool", "search"]
    assert [word for word in words[2:] if word not in ("--", option)] == [name] or name in ("--", option)
    assert not name.startswith("-") or words[-2:] == ["--", name]


def test_a_search_with_a_plain_name_is_run_by_a_plain_command() -> None:
    assert command_for_search("pubmed", "--accept") == "prisma-tool search pubmed --accept"
