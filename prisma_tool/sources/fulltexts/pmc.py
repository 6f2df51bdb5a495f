"""PMC's Cloud Service: the PDFs of its open-access subset by PMCID and version, over plain HTTPS without a key.

Source: NLM's README of the bucket `pmc-oa-opendata`. A list gives the versions of an article, the JSON of the newest one its identity, its
licence and the address of its PDF with the MD5. Invariant: a file is taken only from below the article's own prefix.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote

import requests
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from prisma_tool.formats.text import json_tree as tree
from prisma_tool.model.record.identifiers import normal_doi
from prisma_tool.sources.failures import TransientError
from prisma_tool.sources.fulltexts.json_answer import json_object
from prisma_tool.sources.fulltexts.locations import TextLocation, TextQuestion, TextReply, TextVersion, host_of
from prisma_tool.sources.transport import Ask, ServiceAnswer, Transport, judge_status

_BUCKET_ADDRESS = re.compile(r"s3://[a-z0-9.-]+/([^?#]+)(?:\?md5=([0-9a-f]{32}))?", re.IGNORECASE)
_PMCID = re.compile(r"PMC[1-9]\d{0,11}")
NOT_OPEN = "not in PMC's open-access subset"


@dataclass(frozen=True, slots=True)
class PmcCloud:
    """The service."""

    transport: Transport
    base: str
    label: ClassVar[str] = "PMC"
    at_once: ClassVar[int] = 1

    @property
    def host(self) -> str:
        """The host that its questions go to."""
        return host_of(self.base)

    def can_ask(self, question: TextQuestion) -> bool:
        """Whether the report has a PMCID."""
        return bool(_PMCID.fullmatch(question.pmcid))

    def ask(self, questions: Sequence[TextQuestion]) -> Mapping[str, TextReply]:
        """What is there of each article: its newest version."""
        return {question.key: self._article(question) for question in questions}

    def _article(self, question: TextQuestion) -> TextReply:
        listing = {"list-type": "2", "delimiter": "/", "prefix": f"{question.pmcid}."}
        versions = self.transport.fetch(
            Ask(f"{self.base}/", listing, name="versions"), lambda answer: _versions(answer, question)
        )
        if not versions:
            return TextReply(known=False, remark=NOT_OPEN)
        name = f"{question.pmcid}.{max(versions)}"
        facts = self.transport.fetch(Ask(f"{self.base}/{name}/{name}.json", {}, name=name), _facts)
        return self._reply(question, name, facts)

    def _reply(self, question: TextQuestion, name: str, facts: dict[str, Any] | None) -> TextReply:
        if facts is None:
            return TextReply(known=False, remark=NOT_OPEN)
        if not _same_work(question, facts):
            return TextReply(known=False, remark=f"{question.pmcid} is another work there")
        version = TextVersion.ACCEPTED if tree.find(facts, "is_manuscript") is True else TextVersion.PUBLISHED
        pdf, md5 = self._file(name, tree.text(facts, "pdf_url"))
        location = TextLocation(pdf, "", version, tree.text(facts, "license_code"), md5)
        return TextReply(True, (location,) if pdf else (), tree.find(facts, "is_retracted") is True)

    def _file(self, name: str, address: str) -> tuple[str, str]:
        """The address by HTTPS of a file of this article, and its MD5."""
        match = _BUCKET_ADDRESS.fullmatch(address)
        if match is None or not match[1].startswith(f"{name}/") or ".." in match[1]:
            return "", ""
        return f"{self.base}/{quote(match[1])}", (match[2] or "").lower()


def _same_work(question: TextQuestion, facts: dict[str, Any]) -> bool:
    """False where every number that both sides give differs."""
    pairs = ((question.doi, normal_doi(tree.text(facts, "doi"))), (question.pmid, tree.text(facts, "pmid")))
    shared = [ours == theirs for ours, theirs in pairs if ours and theirs]
    return any(shared) or not shared


def _versions(answer: ServiceAnswer, question: TextQuestion) -> list[int]:
    judge_status(answer)
    try:
        root = fromstring(answer.body)
    except (ParseError, DefusedXmlException, ValueError):
        raise TransientError("a list that is no XML") from None
    if not root.tag.endswith("ListBucketResult"):
        raise TransientError("an answer that is no list")
    prefixes = [node.text or "" for node in root.iter() if node.tag.endswith("}Prefix") or node.tag == "Prefix"]
    numbers = (re.fullmatch(rf"{question.pmcid}\.(\d{{1,4}})/", prefix) for prefix in prefixes)
    return [int(number[1]) for number in numbers if number]


def _facts(answer: ServiceAnswer) -> dict[str, Any] | None:
    """The JSON of a version; None where there is none."""
    if answer.status in (requests.codes.not_found, requests.codes.forbidden) and b"<Code>" in answer.body[:2000]:
        return None
    judge_status(answer)
    facts = json_object(answer)
    if facts is None or not tree.text(facts, "pmcid"):
        raise TransientError("an answer that names no article")
    return facts
