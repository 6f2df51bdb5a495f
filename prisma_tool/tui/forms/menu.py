"""Choosing a form by a digit, filling it in, and reading what stands then."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.app import SystemCommand
from textual.content import Content
from textual.screen import Screen

from prisma_tool.model.text import clean
from prisma_tool.tui.dialogs.choice import ChoiceDialog
from prisma_tool.tui.forms.form_table import FORMS, ReviewForm
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.frame.place_table import HOME
from prisma_tool.tui.frame.text_page import TextPage

_TITLE = 27


def offered(place: PlaceScreen) -> tuple[ReviewForm, ...]:
    """The forms that this review allows."""
    return tuple(form for form in FORMS if not (form.changes and place.workspace.review.only_read))


def choose_form(place: PlaceScreen) -> None:
    """Ask which form is wanted, and open it."""
    forms = offered(place)

    def chosen(number: int | None) -> None:
        if number is not None:
            open_form(place, forms[number])

    labels = [f"{form.title:<{_TITLE}}{form.what}" for form in forms]
    place.app.push_screen(ChoiceDialog("What is to be done with the review?", labels), chosen)


def form_commands(screen: Screen[object]) -> Iterator[SystemCommand]:
    """The forms as the command palette offers them over a place."""
    if isinstance(screen, PlaceScreen):
        for form in offered(screen):
            yield SystemCommand(form.title, form.what, partial(open_form, screen, form))


def open_form(place: PlaceScreen, form: ReviewForm) -> None:
    """Open a form over a place, which is brought up to date when the form is done."""
    # What forms need is read when one is opened.
    from prisma_tool.tui.dialogs.form_dialog import FormDialog

    place.attempt(
        f"{form.title}: not possible now",
        lambda: place.app.push_screen(FormDialog(form.make(place.workspace)), partial(_show_outcome, place, form)),
    )


async def _begin_anew(place: PlaceScreen, form: ReviewForm, outcome: str) -> None:
    """Go on as after a restart, from the first place: nothing that was read before need be as it is now."""
    place.application.go(HOME)
    await place.application.work_on(place.workspace.review)
    if isinstance(place.app.screen, PlaceScreen):
        place.app.screen.come_back()
    place.app.push_screen(TextPage(form.title, Content(clean(outcome))))


def _show_outcome(place: PlaceScreen, form: ReviewForm, outcome: str | None) -> None:
    if outcome is not None and form.renews:
        place.app.call_later(_begin_anew, place, form, outcome)
    elif outcome is not None:
        place.app.push_screen(TextPage(form.title, Content(clean(outcome))))
        place.come_back()
