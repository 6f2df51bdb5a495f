"""The methods section as sentences ready to paste, made of `MethodsFacts` and of nothing else. Pure.

Invariant: a sentence says what was done and by how many, in the past tense, and is left out (or says "not recorded") where nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prisma_tool.manuscript.document.blocks import Block, Document, Heading, Paragraph
from prisma_tool.manuscript.methods.citation_sentences import citation_sentences, cited_sentence
from prisma_tool.manuscript.methods.course_sentences import prioritisation_sentences, retrieval_sentences, stopping_sentences
from prisma_tool.manuscript.methods.facts import MethodsFacts
from prisma_tool.manuscript.methods.identification_sentences import deduplication_sentences, search_sentences, version_sentences
from prisma_tool.manuscript.methods.living_sentences import living_sentences
from prisma_tool.manuscript.methods.screening_sentences import NAMES, screening_sentences
from prisma_tool.manuscript.words import n, names
from prisma_tool.model.vocabulary import Stage


@dataclass(frozen=True, slots=True)
class MethodsSection:
    """A headed run of sentences; `heading` is empty for what stands before the first heading."""

    heading: str
    sentences: tuple[str, ...]


def sections(facts: MethodsFacts) -> list[MethodsSection]:
    """All sections that have something to say, in the order of a review."""
    parts = (
        ("", (*version_sentences(facts.version), *living_sentences(facts.living))),
        ("Searches", (*search_sentences(facts.searching), *citation_sentences(facts.searching.citations))),
        ("Duplicates", deduplication_sentences(facts.deduplication) if facts.searching.sources else ()),
        (NAMES[Stage.TITLE_ABSTRACT], _screening(facts, Stage.TITLE_ABSTRACT)),
        ("Retrieval of full texts", retrieval_sentences(facts.retrieval)),
        (NAMES[Stage.FULL_TEXT], _screening(facts, Stage.FULL_TEXT)),
    )
    filled = [MethodsSection(heading, lines) for heading, part in parts if (lines := tuple(part))]
    return [*filled, MethodsSection("Records of the work", tuple(_log(facts)))] if filled else []


def sentences(facts: MethodsFacts) -> list[str]:
    """All sentences, without headings."""
    return [sentence for section in sections(facts) for sentence in section.sentences]


def document(facts: MethodsFacts) -> Document:
    """The sections as a document, a paragraph each."""
    blocks: list[Block] = []
    for section in sections(facts):
        blocks += [Heading(1, section.heading)] if section.heading else []
        blocks.append(Paragraph(" ".join(section.sentences)))
    return Document("Methods", tuple(blocks))


def plain_text(facts: MethodsFacts) -> str:
    """The sections as plain text, a sentence a line."""
    parts = ["\n".join([*filter(None, [section.heading]), *section.sentences]) for section in sections(facts)]
    return "\n\n".join(parts)


def _screening(facts: MethodsFacts, stage: Stage) -> Iterator[str]:
    for screened in facts.stages:
        if screened.stage is stage:
            yield from screening_sentences(screened, facts.typed.get(stage, 0))
    if stage is Stage.TITLE_ABSTRACT and facts.cited:
        yield cited_sentence(facts.cited, facts.cited_out)
    if stage is Stage.TITLE_ABSTRACT:
        yield from prioritisation_sentences(facts.prioritisation)
        yield from stopping_sentences(facts.stopping)


def _log(facts: MethodsFacts) -> Iterator[str]:
    versions = sorted(
        {version for stage in facts.stages for version in stage.tool_versions} | set(facts.deduplication.tool_versions)
    )
    yield f"Records, votes and adjudications were kept in prisma-tool (version {names(versions or [facts.tool_version])})."
    log = facts.log
    yield f"The log of what was done holds {n(log.events, 'event')}; its head, a SHA-256 over all of them, is {log.head}."
