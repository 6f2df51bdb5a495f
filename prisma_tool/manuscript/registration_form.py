"""The protocol as registers ask for it (PROSPERO, OSF): what review.toml says, in the order of their forms, and dates from the log.

Invariant: nothing is stated that review.toml, a kept answer or the log does not hold; what a register asks for beyond that is listed as
open, with the way to keep an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from prisma_tool.flow.flow import Flow
from prisma_tool.manuscript.checklist.facts import ChecklistFacts, read_facts
from prisma_tool.manuscript.checklist.statement import listed
from prisma_tool.manuscript.checklist.statements import changes_words
from prisma_tool.manuscript.document.blocks import Block, CodeBlock, Document, Heading, Paragraph, Points
from prisma_tool.manuscript.document.docx import render_word
from prisma_tool.manuscript.document.markdown import render_markdown
from prisma_tool.manuscript.document.plain_text import render_text
from prisma_tool.model.protocol.protocol import Protocol, SearchPlan
from prisma_tool.model.protocol.publication import AuthorEntry
from prisma_tool.model.protocol.rules import Adjudication, ScreeningRules, StageRules
from prisma_tool.model.text import counted, one_line
from prisma_tool.model.vocabulary import Stage
from prisma_tool.review.open_review import Review

_STAGES = {Stage.TITLE_ABSTRACT: "Titles and abstracts", Stage.FULL_TEXT: "Full texts"}
_ADJUDICATION = {
    Adjudication.CONSENSUS: "by agreement between the reviewers",
    Adjudication.THIRD: "by a reviewer who has not voted on the report",
    Adjudication.ADJUDICATORS: "by the adjudicators",
}
_ANSWERS = {
    "Outcomes": ("10a",),
    "Data collection": ("9", "10b"),
    "Risk of bias": ("11",),
    "Effect measures and synthesis": ("12", "13a", "13b", "13c", "13d"),
    "Subgroups and sensitivity": ("13e", "13f"),
    "Reporting bias and certainty": ("14", "15"),
}
"""What registers ask for that only the authors know, with the items of PRISMA 2020 under which their answers are kept."""


@dataclass(frozen=True, slots=True)
class RegistrationForm:
    """The document, and what in it is still open, by the heading."""

    document: Document
    open: tuple[str, ...]

    @property
    def writers(self) -> Mapping[str, Callable[[], bytes]]:
        """What writes the document, by suffix."""
        return {
            ".docx": lambda: render_word(self.document),
            ".md": lambda: render_markdown(self.document).encode(),
            ".txt": self.text.encode,
        }

    @property
    def text(self) -> str:
        """The document as plain text."""
        return render_text(self.document)

    def as_json(self) -> dict[str, object]:
        """As `--json` has it: the text under each heading, and the headings that are open."""
        sections: dict[str, list[str]] = {}
        heading = ""
        for block in self.document.blocks:
            if isinstance(block, Heading):
                heading = block.text
                sections[heading] = []
            else:
                sections.setdefault(heading, []).extend(_words(block))
        return {"title": self.document.title, "sections": sections, "open": self.open}


def _words(block: Block) -> tuple[str, ...]:
    match block:
        case Paragraph(text):
            return (text,)
        case Points(items):
            return items
        case CodeBlock(lines):
            return ("\n".join(lines),)
        case _:
            return ()


def read_registration_form(review: Review, version: str = "") -> RegistrationForm:
    """The form for the review as it stands, or as its protocol was when a version was closed.

    Raises:
        PrismaError: no such version, or the flow cannot be counted.
    """
    return registration_form(read_facts(review, version))


def registration_form(facts: ChecklistFacts) -> RegistrationForm:
    """The form from facts."""
    rules, title = facts.rules, one_line(facts.rules.title)
    sections: list[tuple[str, list[Block]]] = [
        ("Review question", _text(rules.question)),
        ("Authors", _points(tuple(map(_author, facts.protocol.publication.authors)))),
        ("Eligibility criteria", list(_criteria(rules))),
        ("Searches", [block for plan in rules.searches for block in _search(plan)]),
        ("Screening", [Points(tuple(_screening(rules)))]),
        *((name, _answers(facts.protocol, items)) for name, items in _ANSWERS.items()),
        ("Registration", _text(facts.protocol.publication.registration)),
        ("Protocol", _text(facts.protocol.publication.protocol_url)),
        ("Funding", _text(facts.protocol.publication.funding)),
        ("Competing interests", _text(facts.protocol.publication.interests)),
        ("Data availability", _text(facts.protocol.publication.data_availability)),
        ("Dates and stage of the review", [Points(tuple(_dates(facts)))]),
    ]
    blocks: list[Block] = []
    for name, content in sections:
        blocks += [Heading(1, name), *(content or [Paragraph(f"OPEN: {_how(name)}")])]
    still_open = tuple(name for name, content in sections if not content)
    return RegistrationForm(Document(f"Protocol: {title}" if title else "Protocol", tuple(blocks)), still_open)


_KEYS = {
    "Review question": 'question = "..."',
    "Authors": "[[authors]]",
    "Eligibility criteria": "[criteria]",
    "Searches": "[[search]]",
    "Registration": 'registration = "..."',
    "Protocol": 'protocol_url = "..."',
    "Funding": 'funding = "..."',
    "Competing interests": 'interests = "..."',
    "Data availability": 'data_availability = "..."',
}


def _how(name: str) -> str:
    if name in _KEYS:
        return f"write {_KEYS[name]} into review.toml."
    return f'keep it with `prisma-tool report answer {_ANSWERS[name][0]} "..."`.'


def _text(text: str) -> list[Block]:
    return [Paragraph(one_line(text))] if one_line(text) else []


def _points(items: tuple[str, ...]) -> list[Block]:
    return [Points(items)] if items else []


def _author(author: AuthorEntry) -> str:
    parts = (author.name, author.orcid_url, author.affiliation, "corresponding author" if author.corresponding else "")
    return "; ".join(part for part in parts if part)


def _criteria(rules: Protocol) -> Iterator[Block]:
    for name, texts in (("Included are:", rules.include), ("Excluded are:", rules.exclude)):
        if texts:
            yield from (Paragraph(name), Points(texts))
    if rules.include or rules.exclude:
        labels = "; ".join(one_line(reason.label) for reason in rules.reasons)
        yield Paragraph(f"Reasons for exclusion, the first that applies: {labels}.")


def _search(plan: SearchPlan) -> Iterator[Block]:
    yield Paragraph(f"{one_line(plan.source)}, search {one_line(plan.name)}:")
    yield CodeBlock(tuple(plan.strategy.splitlines()))


def _screening(rules: Protocol) -> Iterator[str]:
    if rules.reviewers:
        yield f"Reviewers: {listed(rules.reviewers)}."
    for stage, name in _STAGES.items():
        yield f"{name}: {_of_stage(rules.screening.at(stage))}"
    if rules.screening.in_pairs:
        named = f" ({listed(rules.adjudicators)})" if rules.adjudicators else ""
        yield f"Disagreements are settled {_ADJUDICATION[rules.screening.adjudication]}{named}."
    if rules.tools:
        yield f"Automation tools that vote: {listed(rules.tools)}."
    yield _stopping(rules.screening)


def _of_stage(rules: StageRules) -> str:
    n = rules.reviewers_per_record
    blind = "; nobody sees another's vote before giving their own" if n > 1 and rules.blind else ""
    pilot = f"; a pilot round of {counted(rules.pilot, 'record')} comes first" if rules.pilot else ""
    return f"{counted(n, 'reviewer')} for each record{blind}{pilot}."


def _stopping(rules: ScreeningRules) -> str:
    return (
        f"If titles and abstracts are screened by relevance and screening is stopped early, the rule is: {rules.stopping.words}."
    )


def _answers(protocol: Protocol, items: tuple[str, ...]) -> list[Block]:
    return [Paragraph(one_line(protocol.answers[item])) for item in items if item in protocol.answers]


def _dates(facts: ChecklistFacts) -> Iterator[str]:
    history = facts.protocol_history
    if history.first:
        yield f"The protocol was first noted in the review's log on {history.first:%Y-%m-%d}. {changes_words(history.changes)}"
    runs = [run for search in facts.appendix.searches for run in search.complete]
    runs += [file.run for file in facts.appendix.files]
    days = sorted(f"{run.started:%Y-%m-%d}" for run in runs)
    yield f"First search or import: {days[0]}; latest: {days[-1]}." if days else "No search and no import is recorded."
    yield from _stage_words(facts.flow)


def _stage_words(flow: Flow) -> Iterator[str]:
    waiting = flow.pending
    screened, assessed = flow.records_screened.n, flow.dbr_assessed.n + (flow.other_assessed.n if flow.other_assessed else 0)
    yield f"Titles and abstracts: {screened:,} screened, {waiting.title_abstract.n:,} waiting."
    yield f"Full texts: {assessed:,} assessed, {waiting.retrieval.n + waiting.full_text.n:,} waiting."
