"""`report answer`: what only the authors know, kept in the review."""

from __future__ import annotations

from dataclasses import asdict

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say
from prisma_tool.errors import UsageError


@click.command("answer")
@click.argument("item", required=False)
@click.argument("text", required=False)
@json_option
@pass_caller
def answer_command(caller: Caller, item: str | None, text: str | None, as_json: bool) -> None:
    """Keep an answer to an ITEM of a reporting checklist in review.toml, or list what is open and what is answered.

    ITEM is "13a" (PRISMA 2020), "s:6" (PRISMA-S), "abstracts:9", "scr:10" or "lsr:L1", with ".page" behind it for its place in the
    manuscript. An empty TEXT ("") takes the answer out.
    """
    if item is None:
        _list(caller, as_json=as_json)
    elif text is None:
        raise UsageError(
            f'Say what the answer to {item} is: prisma-tool report answer {item} "TEXT"; an empty text takes it out.'
        )
    else:
        _keep(caller, item, text, as_json=as_json)


def _keep(caller: Caller, item: str, text: str, *, as_json: bool) -> None:
    from prisma_tool.manuscript.authors_answers import keep_answer
    from prisma_tool.model.text import one_line

    with caller.review() as review:
        kept = keep_answer(review, item, text)
    if as_json:
        print_json(asdict(kept))
    elif kept.answer:
        say(f"{kept.item}: {one_line(kept.answer)}")
    else:
        say(f"{kept.item} has no answer{'; it was taken out' if kept.before else ''}.")


def _list(caller: Caller, *, as_json: bool) -> None:
    from prisma_tool.manuscript.authors_answers import kept_answers, open_questions
    from prisma_tool.model.text import one_line

    with caller.review() as review:
        questions, answers = open_questions(review), kept_answers(review)
    if as_json:
        print_json({"open": [asdict(question) for question in questions], "answers": answers})
        return
    for question in questions:
        say(f"open      {question.item}: {question.about}. {question.question}")
    for key, answer in answers.items():
        say(f"answered  {key}: {one_line(answer)}")
    if not questions and not answers:
        say("No question of the search appendix is open, and no answer is kept.")
