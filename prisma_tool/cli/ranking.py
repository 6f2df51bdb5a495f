"""`rank`: the unscreened reports in the order of relevance, what stopping would risk, and the acts of stopping and reopening."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, reviewer_option, say, tell
from prisma_tool.errors import UsageError

if TYPE_CHECKING:
    from prisma_tool.review.open_review import Review

_RULES = ["hypergeometric", "any-order", "consecutive", "knee"]


@click.command("rank")
@click.option("--prior", "priors", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help=(
    "Learn from known relevant records (any citation format), or from a labelled table such as an ASReview export. Kept until --forget-priors."
))  # fmt: skip
@click.option("--forget-priors", is_flag=True, help="Take back all known records.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many reports are listed.")
@click.option("--why", metavar="KEY", help="Tell which words weigh most for this report.")
@click.option("--scores", is_flag=True, help="Show scores too; they are hidden so that they do not sway anybody.")
@click.option(
    "--export", "target", type=click.Path(path_type=Path), metavar="FILE", help="Write the ranked table as CSV for ASReview."
)
@click.option(
    "--rule",
    type=click.Choice(_RULES),
    help=(
        "Write this stopping rule into review.toml. hypergeometric: the order is assumed to be never worse than random. any-order: assumes "
        "nothing, and draws the last part of the queue at random. The others are advisory."
    ),
)
@click.option("--target", "recall_target", type=click.FloatRange(0.01, 1), help="With --rule: the recall that must be reached.")
@click.option("--confidence", type=click.FloatRange(0.5, 0.9999), help="With --rule: how sure one must be of it.")
@click.option("--count", type=click.IntRange(min=1), help="With --rule consecutive: how many irrelevant reports in a row.")
@click.option("--stop", "stopping", is_flag=True, help="Stop screening: mark the unscreened as ineligible by automation tools.")
@click.option("--anyway", is_flag=True, help="With --stop: also if the rule does not hold yet.")
@click.option("--check", is_flag=True, help="With --stop: only say what would happen.")
@click.option("--reopen", is_flag=True, help="Take up again what was set aside by --stop.")
@reviewer_option
@json_option
@pass_caller
def rank_command(caller: Caller, /, as_json: bool, reviewer: str | None, **options: Any) -> None:
    """List what is left to screen at title/abstract, likely relevant first, and say what stopping now would risk.

    Learns from your own votes in blind pairs, else from all outcomes; from closed versions of the review; and from --prior files.
    """
    act = _requested_action(options)
    with caller.review() as review:
        result, lines = act(review, reviewer, options)
    if as_json:
        print_json(result)
        return
    for line in lines:
        say(line)


ActionResult = tuple[dict[str, Any], list[str]]
"""What an act came to, for other programs and in lines for people."""
Action = Callable[["Review", str | None, dict[str, Any]], ActionResult]


def _requested_action(options: dict[str, Any]) -> Action:
    """What is asked for; one thing at a time.

    Raises:
        UsageError: several things at a time, or an option without the one that it belongs to.
    """
    actions = [act for name, act in _ACTIONS.items() if options[name]]
    if len(actions) > 1:
        raise UsageError("Give one of --why, --rule, --stop, --reopen, --forget-priors at a time.")
    if any(options[name] is not None for name in ("recall_target", "confidence", "count")) and not options["rule"]:
        raise UsageError("--target, --confidence and --count belong to --rule.")
    if (options["anyway"] or options["check"]) and not options["stopping"]:
        raise UsageError("--anyway and --check belong to --stop.")
    return actions[0] if actions else _rank


def _rank(review: Review, reviewer: str | None, options: dict[str, Any]) -> ActionResult:
    from prisma_tool.screening.prioritised.prior_knowledge import learn_from
    from prisma_tool.screening.prioritised.rank_report import rank_report

    me = review.reviewer(reviewer)
    for learned in learn_from(review, options["priors"], me):
        again = ", known already" if learned.already else ""
        tell(f"{learned.path}: {learned.relevant} relevant and {learned.irrelevant} irrelevant records to learn from{again}.")
    _read_meaning(review)
    ranking = rank_report(review, me, options["target"])
    if options["target"]:
        tell(f"Wrote {options['target']}.")
    return ranking.as_json(scores=options["scores"]), ranking.lines(options["limit"], scores=options["scores"])


_REPORTED_EVERY = 512


def _read_meaning(review: Review) -> None:
    """Encode what has no sentence vector yet, where the protocol asks for them; it takes about a minute for 1,000 records."""
    from prisma_tool.screening.prioritised.meaning import encode_review

    reported: int | None = None
    for left in encode_review(review):
        if left and (reported is None or reported - left >= _REPORTED_EVERY):
            reported = left
            tell(f"The meaning of {left} records is still to be read, at about a minute for 1,000; once read it is kept.")


def _why(review: Review, reviewer: str | None, options: dict[str, Any]) -> ActionResult:
    from prisma_tool.screening.prioritised.rank_report import explain_rank, explanation_lines

    explanation = explain_rank(review, review.reviewer(reviewer), options["why"])
    return explanation, explanation_lines(explanation)


def _forget(review: Review, reviewer: str | None, _: dict[str, Any]) -> ActionResult:
    from prisma_tool.screening.prioritised.prior_knowledge import forget

    n = forget(review, review.reviewer(reviewer))
    return {"forgotten": n}, [f"Known records of {n} {'file' if n == 1 else 'files'} taken back."]


def _set_rule(review: Review, reviewer: str | None, options: dict[str, Any]) -> ActionResult:
    from prisma_tool.model.protocol.stopping import ADVISORY, Rule, RuleName
    from prisma_tool.model.vocabulary import Stage
    from prisma_tool.screening.prioritised.stopping import set_rule

    usual = review.protocol.screening.stopping
    rule = Rule(
        RuleName(options["rule"]),
        usual.target if options["recall_target"] is None else options["recall_target"],
        usual.confidence if options["confidence"] is None else options["confidence"],
        usual.count if options["count"] is None else options["count"],
    )
    late = set_rule(review, rule, review.reviewer(reviewer))
    if rule.is_advisory:
        tell(f"This rule is {ADVISORY}.")
    if rule.name is RuleName.ANY_ORDER and review.protocol.screening.at(Stage.TITLE_ABSTRACT).reviewers_per_record > 1:
        tell(
            "Two reviewers vote on each record, and each draws for the own votes: for the team this rule holds only where both have the same "
            "records open. The rule hypergeometric has no such limit."
        )
    if late:
        tell("Screening has begun already; if you stop by this rule, the figure will say that it was set late.")
    result = {**rule.as_payload(), "words": rule.words, "advisory": rule.is_advisory, "late": late}
    return result, [f"Screening may stop by: {rule.words}. Written into review.toml."]


def _stop(review: Review, reviewer: str | None, options: dict[str, Any]) -> ActionResult:
    from prisma_tool.manuscript.methods.course_sentences import stopping_sentence
    from prisma_tool.screening.prioritised.stopping import stop

    done = stop(review, review.reviewer(reviewer), anyway=options["anyway"], check=options["check"])
    result = {
        "set_aside": len(done.reports),
        "reports": list(done.reports),
        "words": done.words,
        "methods": stopping_sentence(done),
        "stopping": done.stopping_risk.as_json(),
        "stored": not options["check"],
    }
    would = "would be " if options["check"] else ""
    return result, [
        f"{len(done.reports)} unscreened reports {would}marked as ineligible by automation tools: {done.words}.",
        "For the methods: " + stopping_sentence(done),
        *([] if options["check"] else ["`prisma-tool rank --reopen` takes them up again."]),
    ]


def _reopen(review: Review, reviewer: str | None, _: dict[str, Any]) -> ActionResult:
    from prisma_tool.screening.prioritised.stopping import reopen

    keys = reopen(review, review.reviewer(reviewer))
    return {"reopened": len(keys), "records": list(keys)}, [f"{len(keys)} records are to be screened again."]


_ACTIONS: dict[str, Action] = {
    "why": _why,
    "rule": _set_rule,
    "stopping": _stop,
    "reopen": _reopen,
    "forget_priors": _forget,
}
