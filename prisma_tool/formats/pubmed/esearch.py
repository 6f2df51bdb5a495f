"""What E-utilities answer to esearch, in JSON or XML, in one shape: that of the JSON.

Invariant: an error document never passes for a listing without ids, whatever its status was.
"""

from __future__ import annotations

import json
from typing import Any
from xml.etree.ElementTree import Element
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException

from prisma_tool.errors import FormatError
from prisma_tool.formats.text.inline_markup import readable
from prisma_tool.formats.text.tidy import line, quoted
from prisma_tool.formats.text.xml_tree import read_tree

_LISTS = {"IdList": "Id", "DocSum": "Id"}
_GROUPS = {"ErrorList": "errorlist", "WarningList": "warninglist"}
_KINDS = {
    "PhraseNotFound": "phrasesnotfound",
    "FieldNotFound": "fieldsnotfound",
    "PhraseIgnored": "phrasesignored",
    "QuotedPhraseNotFound": "quotedphrasesnotfound",
    "OutputMessage": "outputmessages",
}
_BEGINNING = 400


class ServiceError(FormatError):
    """A well-formed answer that says what went wrong; the message is the service's own."""


def read_listing(body: bytes) -> dict[str, Any]:
    """The `esearchresult` in an answer: count, idlist, querytranslation, errorlist, warninglist, as the service gave them.

    Of esummary's XML the ids are read too, and counted.

    Raises:
        ServiceError: the answer is an error document.
        FormatError: it is something else altogether.
    """
    result = _from_xml(body) if body.lstrip().startswith(b"<") else _from_json(body)
    if "ERROR" in result:
        raise ServiceError(quoted(str(result["ERROR"])) or "an error without words")
    return result


def _from_json(body: bytes) -> dict[str, Any]:
    try:
        # strict=False: the service puts raw newlines into its error texts (D4).
        data = json.loads(body, strict=False)
    except (ValueError, RecursionError):
        raise FormatError(f"not the JSON that was asked for: {_excerpt(body)}") from None
    if isinstance(data, dict) and "error" in data:
        raise ServiceError(quoted(str(data["error"])))
    result = data.get("esearchresult") if isinstance(data, dict) else None
    if not isinstance(result, dict):
        raise FormatError("an answer of the wrong shape")
    return result


def _from_xml(body: bytes) -> dict[str, Any]:
    try:
        root = read_tree(body)
    except (ExpatError, DefusedXmlException, LookupError, ValueError):
        raise FormatError(f"neither JSON nor XML of E-utilities: {_excerpt(body)}") from None
    error = root.find("ERROR")
    if error is not None and readable(error):
        return {"ERROR": readable(error)}
    if root.tag not in {"eSearchResult", "eSummaryResult"}:
        raise FormatError(f"no listing but <{line(root.tag)[:40]}>")
    ids = [readable(one) for parent, child in _LISTS.items() for one in root.findall(f"{parent}/{child}")]
    return {
        "count": readable(root.find("Count")) if root.tag == "eSearchResult" else str(len(ids)),
        "idlist": ids,
        "querytranslation": readable(root.find("QueryTranslation")),
        **{name: _complaints(root.find(tag)) for tag, name in _GROUPS.items()},
    }


def _complaints(group: Element | None) -> dict[str, list[str]]:
    complaints: dict[str, list[str]] = {}
    for one in group if group is not None else ():
        complaints.setdefault(_KINDS.get(one.tag, one.tag.lower()), []).append(readable(one))
    return complaints


def _excerpt(body: bytes) -> str:
    return quoted(body[:_BEGINNING].decode("utf-8", "replace"))
