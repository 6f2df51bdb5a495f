"""The services' untouched answers in a deposit: which may be published, without what, and what can be read from them again.

ClinicalTrials.gov's answers are public. Abstracts in PubMed's may be their publishers' (NLM's copyright notice), so they are cut out; the
hash of the answer as it came stays in the run. Whatever else was imported, such as the export of a licensed database, stays out unless the team
names its source in [bundle] raw_of.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prisma_tool.errors import FormatError
from prisma_tool.identify.run.raw_answers import opened
from prisma_tool.identify.search.replay import PARSERS
from prisma_tool.model.record.keys import CLINICALTRIALS, PUBMED, record_key, slug

_ABSTRACT = re.compile(rb"<(Abstract|OtherAbstract)(?:\s[^>]*)?>.*?</\1\s*>", re.DOTALL)
_LEFT = re.compile(rb"<\s*/?\s*(?:Abstract|OtherAbstract)", re.IGNORECASE)
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class PublishedAnswer:
    """An answer as it goes into the deposit: its name there, and its bytes, not yet compressed."""

    name: str
    body: bytes

    def packed(self) -> bytes:
        """The bytes of the file; equal answers give equal files."""
        return gzip.compress(self.body, mtime=0)

    def entry(self) -> dict[str, Any]:
        """What the run says of it."""
        return {"path": self.name, "sha256": hashlib.sha256(self.body).hexdigest(), "bytes": len(self.body)}


def without_abstracts(body: bytes) -> bytes:
    """PubMed's XML without abstracts.

    Raises:
        FormatError: something of an abstract is left, for the XML is not written as PubMed's.
    """
    stripped = _ABSTRACT.sub(b"", body)
    if _LEFT.search(stripped):
        raise FormatError("its abstracts could not be cut out")
    return stripped


def why_not(run: Mapping[str, Any], raw_of: Iterable[str]) -> str:
    """Why the answers of a run may not be published; empty where they may."""
    source = run["source"]
    if source in map(slug, raw_of) or (run["search"] and source in (slug(PUBMED), slug(CLINICALTRIALS))):
        return ""
    return "its licence is not known here ([bundle] raw_of names sources whose licence allows it)"


def published_answers(folder: Path, run: Mapping[str, Any]) -> tuple[list[PublishedAnswer | None], str]:
    """The answers of a run in order, those that cannot go in as None, and why that is."""
    answers: list[PublishedAnswer | None] = []
    problems = []
    for kept in run["raw"]:
        try:
            answers.append(_published(folder, run, kept, len(answers)))
        except FormatError as error:
            answers.append(None)
            problems.append(error.message)
    return answers, "; ".join(dict.fromkeys(problems))


def _published(folder: Path, run: Mapping[str, Any], kept: Mapping[str, Any], place: int) -> PublishedAnswer:
    body, problem = opened(folder, kept)
    if problem:
        raise FormatError(problem)
    name = _NOT_PLAIN.sub("_", Path(kept["path"]).name.removesuffix(".gz"))
    if run["source"] == slug(PUBMED) and run["search"] and name.startswith("efetch"):
        body = without_abstracts(body)
    return PublishedAnswer(f"raw/{run['id']}/{place + 1:04}-{name}.gz", body)


def unpacked(data: bytes, size: int) -> bytes:
    """The bytes of a compressed answer of which this size is stated.

    Raises:
        FormatError: they cannot be unpacked, or are more or fewer.
    """
    unpacker = zlib.decompressobj(31)
    try:
        body = unpacker.decompress(data, size + 1)
    except zlib.error as error:
        raise FormatError(f"it cannot be unpacked ({error})") from error
    if len(body) != size or not unpacker.eof or unpacker.unused_data:
        raise FormatError("it has another size than is stated")
    return body


def keys_in(source: str, named_bodies: Iterable[tuple[str, bytes]]) -> set[str] | None:
    """The keys of the records in the answers of a run; None where no answer is of a kind that holds records.

    Raises:
        FormatError: an answer cannot be read.
    """
    keys: set[str] = set()
    read = 0
    for name, body in named_bodies:
        parse = PARSERS.get(name.rpartition("/")[2].partition("-")[2].partition("-")[0])
        if parse is not None:
            read += 1
            keys |= {record_key(source, entry.accession) for entry in parse(body).entries if entry.accession}
    return keys if read else None


def plain_keys(keys: Iterable[str]) -> Iterator[str]:
    """Keys without what was added to keep two records of one number apart."""
    return (key.rpartition("~")[0] or key for key in keys)
