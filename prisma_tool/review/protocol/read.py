"""review.toml: reading it into a `Protocol`, and writing the first one.

Every message names the file, the key and what is allowed there. An unknown key is an error: a misspelt rule that is silently
ignored would change a review's numbers.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from prisma_tool.errors import ReviewError
from prisma_tool.model.protocol.answers import HOW_ITEMS_ARE_WRITTEN, item_key
from prisma_tool.model.protocol.criteria import Criterion
from prisma_tool.model.protocol.protocol import DEFAULT_REASONS, DUPLICATE_REPORT, Protocol, Reason
from prisma_tool.model.protocol.rules import Adjudication, ScreeningRules, Split, StageRules
from prisma_tool.model.record.keys import CLINICALTRIALS, PUBMED, slug
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import Stage
from prisma_tool.review.protocol.bundle_table import BUNDLE_KEYS, read_bundle_rules
from prisma_tool.review.protocol.checked_values import CheckedValues
from prisma_tool.review.protocol.figure_table import read_figure_words
from prisma_tool.review.protocol.living_table import LIVING_KEYS, read_living
from prisma_tool.review.protocol.publication_table import PUBLICATION_KEYS, read_publication
from prisma_tool.review.protocol.search_table import read_searches
from prisma_tool.review.protocol.stopping_table import read_stopping
from prisma_tool.review.protocol.toml_text import toml_string

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


def with_id(text: str, review_id: str) -> str:
    """The text of a review.toml that names no review yet, naming this one: before its first key, after the comments that open it."""
    lines = text.splitlines(keepends=True)
    place = next((number for number, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    return "".join([*lines[:place], f'id = "{review_id}"\n', *lines[place:]])


def new_protocol_text(
    *,
    title: str,
    pubmed: str,
    ctgov: str,
    reviewers: tuple[str, ...],
    review_id: str = "",
    sources: tuple[str, ...] = (),
    reviewers_per_record: int = 1,
) -> str:
    """The text of a first review.toml that works as it stands; an empty strategy (`pubmed`, `ctgov`) gives no search.

    `sources` are searched elsewhere; each is declared as a search of that name.
    """
    searches = [
        _search_text("pubmed", PUBMED, "term", pubmed),
        _search_text("ctgov", CLINICALTRIALS, '"query.term"', ctgov),
        *(f"[[search]]\nname = {toml_string(slug(source))}\nsource = {toml_string(source)}\n" for source in sources),
    ]
    reasons = "\n\n".join(
        f"[[reason]]\nid = {toml_string(slug(label))}\nlabel = {toml_string(label)}" for label in DEFAULT_REASONS
    )
    values = {
        "@id@": f'id = "{review_id}"   # which review this is; all its copies share this line\n' if review_id else "",
        "@title@": toml_string(title),
        "@reviewers@": f"[{', '.join(toml_string(name) for name in reviewers)}]",
        "@reasons@": reasons,
        "@people@": str(reviewers_per_record),
        "@searches@": "\n".join(part for part in searches if part) or _NO_SEARCH,
    }
    return "".join(values.get(part, part) for part in re.split(r"(@[a-z]+@)", _FIRST))


def _search_text(name: str, source: str, key: str, strategy: str) -> str:
    head = f"[[search]]\nname = {toml_string(name)}\nsource = {toml_string(source)}\n"
    return f"{head}{key} = {toml_string(strategy)}\n" if strategy else ""


_NO_SEARCH = """# [[search]]
# name = "pubmed"
# source = "PubMed"
# term = "your strategy, as you would type it into PubMed"
#
# A long strategy may be numbered lines. The last line is the search; lines that begin with // are for people.
# term = '''
# 1. "heart attack"[tiab] OR infarct*[tiab]
# // the intervention
# 2. aspirin[tiab]
# 3. #1 AND #2
# '''
# Other sources that are searched: "ClinicalTrials.gov" ("query.term" = ...) and "Europe PMC", which holds preprints too:
# query = '(TITLE:"heart attack" OR ABSTRACT:infarct*) AND aspirin AND SRC:PPR'   # synonyms = true widens it by the service's own
# Reruns search everything again and compare. update = "since-last" asks PubMed only for what was added since (overlap_days = 30).
"""

_FIRST = """# The protocol of this review, written by people. Every change is noted in the review's log with its time.
@id@title = @title@
question = ""
reviewers = @reviewers@

# For the manuscript, its checklists and the deposit; a text may also say that there is none, and why.
# registration = "PROSPERO CRD42026000000"
# protocol_url = "https://osf.io/abcde"
# funding = "Name of the funder, grant number, and what part it had in the review"
# interests = "The authors declare none."
# data_availability = "Data and code: https://doi.org/10.5281/zenodo.0000000"
# licence = "CC-BY-4.0"
# [[authors]]                     # tables stand below all single keys; one for each author, in the order of the manuscript
# name = "Given Family"
# orcid = "0000-0002-1825-0097"
# affiliation = "Institution, city, country"
# corresponding = true

[criteria]
include = []
exclude = []

# Exclusion reasons in order: the first that applies is the reason. Rename a label freely; keep its id, votes refer to it.
@reasons@

# Ordered criteria: x while screening asks them one by one, the first "no" is the reason. Without a list: population, intervention,
# comparator, outcome, study design, as far as their reasons stand above.
# [[criterion]]
# key = "p"
# question = "Adults with relapsed or refractory AML?"
# reason = "Wrong population"

# Words to highlight while screening: whole words, stems with *, "phrases of several words".
[highlight]
include = []
exclude = []

# Two people independently: reviewers_per_record = 2. In a pair nobody sees the other's votes and notes before giving their own (blind).
# split = "shared" is one queue, "halves" even shares, "assignment" what `prisma-tool assign` says. pilot = 50: everyone screens the
# same 50 first. adjudication: "consensus", "third" (not the two who voted) or "adjudicators" (adjudicators = ["Name"], above).
# A stage may differ, in a table of its own: [screening.full-text]
[screening]
reviewers_per_record = @people@
maybe = "include"              # or "conflict"
blind = true
screen_other_methods = false
title_abstract_reasons = "optional"   # or "off"; at full text an exclusion always needs its reason
embeddings = false             # true: the order of relevance reads the meaning of texts too, with the extra 'embeddings' (docs/ranking.md)

# When screening by relevance may stop; set this before screening. "hypergeometric" takes for granted that the order is never worse than
# random; "any-order" takes nothing for granted and draws the last part at random. Others are advisory (`prisma-tool rank --help`).
[screening.stopping]
rule = "hypergeometric"
target = 0.95                  # recall that must be reached
confidence = 0.95
random_share = 0.02            # part of the queue that is drawn by chance, so that recall can be estimated

# A register entry whose study has other reports in the review: "link" it as one more report, or "exclude" as Already captured.
[register]
captured = "link"

[flow]
seen_hits = "removed"          # or "omit": hits that an earlier version has screened
# caption = "Figure 1. ..."     # also alt: the figure in words for those who cannot see it; author: for the files' properties
# language = "es"               # the figure's own wording: en, es, fr, de, pt, it, zh
# show = ["titles"]             # boxes that PRISMA 2020 has not: titles (and abstracts as two steps), other-screening

# Notes below the figure and other labels, by box or line: sources (*), excluded (**), or a key of `prisma-tool flow --json`.
# {databases}, {last_searched}, {register_results} and all other keys are filled from the counts.
# [flow.notes]
# sources = "Databases: {databases}; last searched {last_searched}"
# [flow.labels]
# dbr_excluded = "Full texts excluded"

@searches@
# A search that is done elsewhere is declared, and its files are imported: prisma-tool import FILE --search embase
# [[search]]
# name = "embase"
# source = "Embase"
# platform = "Ovid"
# strategy_file = "strategies/embase.txt"   # or strategy = a text, or a list of lines
# searched_on = 2026-01-31
# hits = 512                                # as the platform announced them; the import is held against it
# limits = "English only: no means for translation"
# [[search.rerun]]                          # once for each time that the same search was done again
# searched_on = 2026-09-30
# hits = 40

# A shared PostgreSQL database, without the password (that belongs into PRISMA_TOOL_DATABASE or ~/.pgpass):
# [database]
# url = "postgresql://user@host/name"
"""
