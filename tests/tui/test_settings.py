"""Keys and colours that a person chose: they act, they show in footer and help, and what cannot be meant is a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from prisma_tool.errors import UsageError
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.review.user_settings import Settings, keep_preset, settings
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.frame.place_table import BY_NAME, PAGES, PLACES, screen_class
from prisma_tool.tui.frame.text_page import TextPage
from prisma_tool.tui.keymap import checked_keys
from prisma_tool.tui.plain_dialogue import VERDICTS
from prisma_tool.tui.screening.keys import FULL_TEXT
from prisma_tool.tui.sessions.screening_session import ScreeningSession
from prisma_tool.tui.themes import THEMES

ReviewOf = Callable[..., Review]
TITLES = Stage.TITLE_ABSTRACT
LISTS = ("records", "flow", "protocol", "activity")


def painted(pilot: Pilot[None]) -> str:
    return "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())


def written(folder: Path, text: str) -> Path:
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_folder_without_a_file_has_the_usual_settings(tmp_path: Path) -> None:
    assert settings(tmp_path) == Settings(path=str(tmp_path / "config.toml"), is_new=True)


def test_theme_and_keys_are_read(tmp_path: Path) -> None:
    found = settings(written(tmp_path, '[application]\ntheme = "prisma-light"\n[keys]\n"screening.include" = "y"\n'))
    assert (found.theme, found.keys) == ("prisma-light", {"screening.include": "y"})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[keys", "cannot be read"),
        ("keys = 3", r"'keys' must be a table, \[keys\]"),
        ("[application]\ntheme = 3", "'theme' must be text"),
        ('[keys]\n"screening.include" = 3', "must be a key or several"),
    ],
)
def test_settings_that_cannot_be_read_are_refused_with_the_file_and_the_key(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=rf"config\.toml.*{sentence}"):
        settings(written(tmp_path, text))


def test_the_usual_keys_do_not_clash_anywhere() -> None:
    assert checked_keys(Settings()) == {}


def test_the_keys_of_a_page_over_a_place_can_be_chosen_and_are_checked_too() -> None:
    chosen = {"record.next": "f", "number.open": "f"}
    assert checked_keys(Settings(keys=chosen)) == chosen
    with pytest.raises(UsageError, match=r"in One record, the key h would stand for both"):
        checked_keys(Settings(keys={"record.next": "h"}))


@pytest.mark.parametrize("screen", [*(screen for _, screen in PAGES), *(BY_NAME[name].screen for name in LISTS)])
def test_no_key_of_these_stands_for_two_things(screen: str) -> None:
    keys = [key for _, group in screen_class(screen).KEYS for binding in group for key in binding.key.split(",")]
    assert len(keys) == len(set(keys))
    assert not set(keys) & {place.key for place in PLACES}


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"screening.inclde": "y"}, r"screening\.inclde is no action.*Did you mean screening\.include\?"),
        (
            {"screening.include": "m"},
            r"in Title/abstract, the key m would stand for both screening\.include and screening\.maybe",
        ),
        ({"screening.include": "8,5"}, r"the key 5 would stand for both"),
    ],
)
def test_keys_that_cannot_be_meant_are_refused(keys: dict[str, str], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        checked_keys(Settings(keys=keys))


def test_an_unknown_theme_is_refused_with_those_that_there_are(review_of: ReviewOf) -> None:
    with pytest.raises(
        UsageError, match=r"no theme 'pink'; there are .*prisma-colour-blind, prisma-dark, prisma-high-contrast, prisma-light"
    ):
        ReviewApp(review_of(1), "Anna", settings=Settings(theme="pink"))


async def test_a_chosen_key_acts_and_shows_in_footer_and_help_and_the_usual_one_is_free(review_of: ReviewOf) -> None:
    review = review_of(2)
    app = ReviewApp(review, "Anna", TITLES, settings=Settings(keys={"screening.include": "y"}))
    async with app.run_test(size=(120, 40)) as pilot:
        assert "y Include" in painted(pilot)
        await pilot.press("i", "y", "question_mark")
        assert isinstance(app.screen, TextPage)
        assert re.search(r"^  y  Include\b", app.screen.text.plain, re.MULTILINE)
    assert ScreeningSession(review, TITLES, "Anna").progress().mine == {Verdict.INCLUDE: 1}


def test_the_keys_of_rayyan_can_be_chosen_and_single_ones_changed(tmp_path: Path) -> None:
    found = settings(written(tmp_path, '[application]\nkeys = "rayyan"\n[keys]\n"screening.include" = "y"\n'))
    chosen = checked_keys(found)
    assert (chosen["screening.maybe"], chosen["screening.undo"], chosen["screening.include"]) == ("u,m", "U", "y")
    with pytest.raises(UsageError, match=r"there are no keys 'covidence'; there are rayyan, usual"):
        checked_keys(replace(found, preset="covidence"))


def test_a_set_of_keys_is_kept_beside_all_other_settings(tmp_path: Path) -> None:
    path = written(tmp_path, '# mine\n[application]\ntheme = "prisma-light"\n[keys]\n"screening.include" = "y"\n') / "config.toml"
    keep_preset(path, "rayyan")
    found = settings(tmp_path)
    assert (found.preset, found.theme, found.keys) == ("rayyan", "prisma-light", {"screening.include": "y"})
    assert path.read_text(encoding="utf-8").startswith("# mine")


@pytest.mark.parametrize("pause", ["-1", "true", '"long"', "60000"])
def test_a_pause_that_cannot_be_meant_is_refused(tmp_path: Path, pause: str) -> None:
    with pytest.raises(UsageError, match="'verdict_pause' must be a number of milliseconds"):
        settings(written(tmp_path, f"[application]\nverdict_pause = {pause}\n"))


async def test_the_keys_of_rayyan_are_offered_once_and_act_from_then_on(review_of: ReviewOf, tmp_path: Path) -> None:
    review, folder = review_of(2), tmp_path / "settings"
    app = ReviewApp(review, "Anna", TITLES, settings=settings(folder))
    async with app.run_test(size=(120, 40)) as pilot:
        assert [one.title for one in app._notifications] == ["Used to Rayyan?"]
        app.choose_keys("rayyan")
        await pilot.press("u")
        assert ScreeningSession(review, TITLES, "Anna").progress().mine == {Verdict.MAYBE: 1}
        await pilot.press("U")
    assert ScreeningSession(review, TITLES, "Anna").progress().mine == {}
    found = settings(folder)
    assert (found.preset, found.is_new) == ("rayyan", False)


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_every_theme_of_ours_shows_a_record(review_of: ReviewOf, theme: str) -> None:
    app = ReviewApp(review_of(1), "Anna", TITLES, settings=Settings(theme=theme))
    async with app.run_test(size=(120, 40)) as pilot:
        assert app.theme == theme
        assert "Plain report 1" in painted(pilot)


def test_the_example_in_the_manual_can_be_meant(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "howto" / "application.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(\[application\].*?)```", page, re.DOTALL)
    found = settings(written(tmp_path, example))
    assert checked_keys(found).items() >= found.keys.items()
    assert (found.preset, found.verdict_pause) == ("rayyan", 200)
    assert found.theme in {theme.name for theme in THEMES}


DIRECTIONS = {"h": {"Back", "Left"}, "l": {"Next", "Right"}}
"""In the figure numbers lie beside each other: what is back and next in a list is left and right there."""
WITHOUT_VERDICTS = {"e": {"Edit", "Exclude"}}
"""Protocol, where nothing is decided, opens its file in the editor by `e`, as many programs do."""


def test_a_letter_means_one_thing_wherever_it_is_a_key() -> None:
    meanings = {place.key: {place.title} for place in PLACES}
    for screen in [*(place.screen_class() for place in PLACES), *(screen_class(page) for _, page in PAGES)]:
        for binding in (binding for _, group in screen.KEYS for binding in group):
            for key in binding.key.split(","):
                if len(key) == 1:
                    meanings.setdefault(key, set()).add(binding.description)
    assert {key: words for key, words in meanings.items() if len(words) > 1} == DIRECTIONS | WITHOUT_VERDICTS
    assert {key: meanings[key] for key in "im"} == {"i": {"Include"}, "m": {"Maybe"}}


def test_what_is_decided_by_a_letter_is_decided_by_it_in_the_plain_dialogue_too() -> None:
    drawn = {binding.description.lower(): binding.key for _, group in FULL_TEXT for binding in group}
    assert {letter: drawn[verdict.value] for letter, verdict in VERDICTS.items()} == {letter: letter for letter in VERDICTS}
