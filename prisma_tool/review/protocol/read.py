"""review.toml: reading it into a `Protocol`.

Every message names the file, the key and what is allowed there. An unknown key is an error: a misspelt rule that is silently
ignored would change a review's numbers.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from prisma_tool.errors import ReviewError
from prisma_tool.model.protocol.answers import HOW_ITEMS_ARE_WRITTEN, item_key
from prisma_tool.model.protocol.criteria import Criterion
from prisma_tool.model.protocol.protocol import DUPLICATE_REPORT, Protocol, Reason
from prisma_tool.model.protocol.rules import Adjudication, ScreeningRules, Split, StageRules
from prisma_tool.model.record.keys import slug
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import Stage
from prisma_tool.review.protocol.bundle_table import BUNDLE_KEYS, read_bundle_rules
from prisma_tool.review.protocol.checked_values import CheckedValues
from prisma_tool.review.protocol.figure_table import read_figure_words
from prisma_tool.review.protocol.living_table import LIVING_KEYS, read_living
from prisma_tool.review.protocol.publication_table import PUBLICATION_KEYS, read_publication
from prisma_tool.review.protocol.search_table import read_searches
from prisma_tool.review.protocol.stopping_table import read_stopping

FILE_NAME = "review.toml"

_TABLES: Mapping[str, tuple[str, ...]] = {
    "": (
        "id",
        "title",
        "question",
        "reviewers",
        "adjudicators",
        "observers",
        "tools",
        "criteria",
        "criterion",
        "reason",
        "highlight",
        "screening",
        "register",
        "flow",
        "search",
        "answers",
        "living",
        "bundle",
        "database",
        *PUBLICATION_KEYS,
    ),
    "criteria": ("include", "exclude"),
    "living": LIVING_KEYS,
    "highlight": ("include", "exclude"),
    "screening": (
        "reviewers_per_record",
        "maybe",
        "blind",
        "screen_other_methods",
        "title_abstract_reasons",
        "split",
        "pilot",
        "adjudication",
        "stopping",
        "embeddings",
        *(stage.value for stage in Stage),
    ),
    "register": ("captured",),
    "flow": ("seen_hits", "notes", "labels", "caption", "alt", "author", "language", "show"),
    "bundle": BUNDLE_KEYS,
    "database": ("url",),
    "reason": ("id", "label"),
    "criterion": ("key", "question", "reason"),
}
_TAKEN = "jkny"
"""Letters that answer and scroll while the ordered criteria are gone through."""
_STAGE_KEYS = ("reviewers_per_record", "blind", "split", "pilot")
"""What a stage may have otherwise than the other, in [screening.title-abstract] or [screening.full-text]."""
_LARGEST_PILOT = 10_000


def parse_protocol(text: str, where: str = FILE_NAME) -> Protocol:
    """The protocol that `text` states.

    Args:
        text: the content of a review.toml.
        where: how messages name the file.

    Raises:
        ReviewError: not TOML, an unknown key, or a value that is not allowed; the sentence names `where` and the key.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReviewError(f"{where} is not valid TOML: {error}.") from error
    except RecursionError as error:
        raise ReviewError(f"{where} nests its values too deeply to be a protocol.") from error
    return _ProtocolReader(where).protocol(data)


class _ProtocolReader(CheckedValues):
    """Checks values on their way into the protocol; holds only the file's name, for the messages."""

    allowed = _TABLES

    def protocol(self, data: dict[str, Any]) -> Protocol:
        self.known("", data)
        searches, declared = read_searches(self, data)
        criteria, highlight, flow = (self.table(data, name) for name in ("criteria", "highlight", "flow"))
        return Protocol(
            id=self.review_id(data),
            title=self.text(data, "title"),
            question=self.text(data, "question"),
            reviewers=self.names(data, "reviewers"),
            adjudicators=self.names(data, "adjudicators"),
            observers=self.observers(data),
            tools=self.names(data, "tools"),
            include=self.texts(criteria, "include", "criteria."),
            exclude=self.texts(criteria, "exclude", "criteria."),
            reasons=self.reasons(data),
            questions=self.questions(data),
            highlight_include=self.texts(highlight, "include", "highlight."),
            highlight_exclude=self.texts(highlight, "exclude", "highlight."),
            searches=searches,
            declared=declared,
            answers=self.answers(data),
            publication=read_publication(self, data),
            living=read_living(self, data),
            bundle=read_bundle_rules(self, data),
            screening=self.screening(self.table(data, "screening"), named=bool(self.names(data, "adjudicators"))),
            seen_hits=self.choice(flow, "seen_hits", ("removed", "omit"), "flow."),
            figure=read_figure_words(self, flow),
            captured=self.choice(self.table(data, "register"), "captured", ("link", "exclude"), "register."),
            database_url=self.text(self.table(data, "database"), "url", "database."),
        )

    def review_id(self, data: Mapping[str, Any]) -> str:
        stated = self.text(data, "id")
        try:
            return str(UUID(stated)) if stated else ""
        except ValueError:
            raise self.wrong("id", "is no review's id: take it from another copy of this review, or remove the line.") from None

    def answers(self, data: Mapping[str, Any]) -> Mapping[str, str]:
        answers: dict[str, str] = {}
        table = data.get("answers", {})
        if not isinstance(table, dict):
            raise self.wrong("answers", "must be a table: write [answers] on a line of its own.")
        for written in table:
            key = item_key(written)
            if key is None:
                raise self.wrong(f"answers.{written}", f"is no item: {HOW_ITEMS_ARE_WRITTEN}.")
            if key in answers:
                raise self.wrong(f"answers.{written}", "answers an item for the second time.")
            answers[key] = self.text(table, written, "answers.")
        return {key: answer for key, answer in answers.items() if answer}

    def observers(self, data: Mapping[str, Any]) -> tuple[str, ...]:
        acting = {name.casefold() for role in ("reviewers", "adjudicators", "tools") for name in self.names(data, role)}
        for name in self.names(data, "observers"):
            if name.casefold() in acting:
                raise self.wrong("observers", f"names {name}, who has another role; an observer only looks on.")
        return self.names(data, "observers")

    def screening(self, data: Mapping[str, Any], *, named: bool) -> ScreeningRules:
        """The rules of screening; `named` tells that the protocol names adjudicators, who then settle conflicts."""
        common = self.stage_rules(data, "screening.", StageRules())
        usual = Adjudication.ADJUDICATORS if named else Adjudication.CONSENSUS
        adjudication = Adjudication(self.choice(data, "adjudication", tuple(Adjudication), "screening.", usual))
        if adjudication is Adjudication.ADJUDICATORS and not named:
            raise self.wrong("screening.adjudication", 'is "adjudicators", but nobody is named: write adjudicators = ["Name"].')
        stopping, random_share = read_stopping(data.get("stopping", {}), self.wrong)
        return ScreeningRules(
            stopping=stopping,
            random_share=random_share,
            reviewers_per_record=common.reviewers_per_record,
            maybe=self.choice(data, "maybe", ("include", "conflict"), "screening."),
            blind=common.blind,
            screen_other_methods=self.flag(data, "screen_other_methods", "screening.", default=False),
            title_abstract_reasons=self.choice(data, "title_abstract_reasons", ("optional", "off"), "screening.") == "optional",
            split=common.split,
            pilot=common.pilot,
            adjudication=adjudication,
            embeddings=self.flag(data, "embeddings", "screening.", default=False),
            stages={stage: self.of_stage(data, stage, common) for stage in Stage if stage.value in data},
        )

    def of_stage(self, data: Mapping[str, Any], stage: Stage, common: StageRules) -> StageRules:
        table = data[stage.value]
        if not isinstance(table, dict):
            raise self.wrong(
                f"screening.{stage.value}", f"must be a table: write [screening.{stage.value}] on a line of its own."
            )
        self.known(f"screening.{stage.value}", table, _STAGE_KEYS)
        return self.stage_rules(table, f"screening.{stage.value}.", common)

    def stage_rules(self, data: Mapping[str, Any], table: str, common: StageRules) -> StageRules:
        """The rules in a table; what it does not say is as in `common`."""
        count = data.get("reviewers_per_record", common.reviewers_per_record)
        if count not in (1, 2) or isinstance(count, bool):
            raise self.wrong(f"{table}reviewers_per_record", "must be 1 or 2.")
        return StageRules(
            reviewers_per_record=count,
            blind=self.flag(data, "blind", table, default=common.blind),
            split=Split(self.choice(data, "split", tuple(Split), table, common.split)),
            pilot=self.count(data, "pilot", table, common.pilot),
        )

    def count(self, data: Mapping[str, Any], key: str, table: str, default: int) -> int:
        value = data.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST_PILOT:
            raise self.wrong(table + key, f"must be a number of records from 0 to {_LARGEST_PILOT}.")
        return value

    def reasons(self, data: Mapping[str, Any]) -> tuple[Reason, ...]:
        if "reason" not in data:
            return Protocol().reasons
        reasons = [self.reason(item) for item in self.tables(data, "reason")]
        for values in ([reason.id for reason in reasons], [reason.label.casefold() for reason in reasons]):
            if len(set(values)) < len(values):
                raise self.wrong("reason", "lists the same reason twice; ids and labels must differ.")
        return tuple(reasons)

    def reason(self, item: dict[str, Any]) -> Reason:
        self.known("reason", item)
        label = one_line(self.text(item, "label", "reason."))
        reason_id = self.text(item, "id", "reason.") or slug(label)
        if not label:
            raise self.wrong("reason.label", "is missing.")
        if DUPLICATE_REPORT in (reason_id, slug(label)):
            raise self.wrong("reason", f"'{label}' is no exclusion reason: join such reports with `prisma-tool dedupe --merge`.")
        if slug(label).startswith("further-report"):
            raise self.wrong("reason", f"'{label}' is no exclusion reason: link such reports with `prisma-tool study link`.")
        return Reason(reason_id, label)

    def questions(self, data: Mapping[str, Any]) -> tuple[Criterion, ...]:
        criteria = [self.question(item, self.reasons(data)) for item in self.tables(data, "criterion")]
        for values in ([criterion.key for criterion in criteria], [criterion.reason for criterion in criteria]):
            if len(set(values)) < len(values):
                raise self.wrong("criterion", "lists a key or a reason twice; each question has its own.")
        return tuple(criteria)

    def question(self, item: dict[str, Any], reasons: tuple[Reason, ...]) -> Criterion:
        self.known("criterion", item)
        key, question, stated = (one_line(self.text(item, name, "criterion.")) for name in ("key", "question", "reason"))
        if len(key) != 1 or not key.isalpha() or not key.islower() or key in _TAKEN:
            raise self.wrong("criterion.key", f"must be one small letter, none of {', '.join(_TAKEN)}.")
        reason = next(
            (candidate for candidate in reasons if stated.casefold() in (candidate.id.casefold(), candidate.label.casefold())),
            None,
        )
        if not question or reason is None:
            raise self.wrong("criterion", "needs a question, and as reason the id or label of one in the list of reasons.")
        return Criterion(key, question, reason.id)
