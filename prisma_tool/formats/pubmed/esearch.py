"""What E-utilities answer to esearch, in JSON or XML, in one shape: that of the JSON.

Invariant: an error document never passes for a listing without ids, whatever its status was.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from prisma_tool.errors import FormatError
from prisma_tool.formats.pubmed.entrez_xml import read_answer
from prisma_tool.formats.text.tidy import line, quoted

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

    XML is read by Biopython (`entrez_xml`); of esummary's the ids are read too, and counted.

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
    answer = read_answer(body)
    if answer.tag not in {"eSearchResult", "eSummaryResult"}:
        raise FormatError(f"no listing but <{line(answer.tag)}>")
    if answer.tag == "eSummaryResult":
        errors = [one for one in answer if one.tag == "ERROR"]
        ids = [str(one["Id"]) for one in answer if one.tag == "DocSum"]
        return {"ERROR": line(errors[0])} if errors else {"count": str(len(ids)), "idlist": ids}
    if "ERROR" in answer:
        return {"ERROR": line(answer["ERROR"])}
    return {
        "count": str(answer.get("Count", "")),
        "idlist": list(map(str, answer.get("IdList", ()))),
        "querytranslation": line(answer.get("QueryTranslation", "")),
        **{name: _complaints(answer.get(tag, {})) for tag, name in _GROUPS.items()},
    }


def _complaints(group: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    return {_KINDS[tag]: list(map(line, values)) for tag, values in group.items() if values}


def _excerpt(body: bytes) -> str:
    return quoted(body[:_BEGINNING].decode("utf-8", "replace"))
