"""ClinicalTrials.gov's classic JSON (FullStudiesResponse, withdrawn in 2024) in the shape of today's, so that one reader serves both.

The classic names repeat where they stand ("PrimaryOutcomeMeasure" in "PrimaryOutcome" in "PrimaryOutcomeList"). Invariant: as many
studies come out as the answer lists, in order, readable or not.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

WARNING = "This is the classic ClinicalTrials.gov format, withdrawn in 2024: what changed since then is not in it."
_OWN_NAMES = {
    "NCTId": "nctId",
    "NCTIdAliasList": "nctIdAliases",
    "Gender": "sex",
    "DesignMasking": "masking",
    "DesignObservationalModelList": "observationalModel",
    "ConditionMeshList": "meshes",
    "InterventionMeshList": "meshes",
    "ReferencePMID": "pmid",
    "OrgStudyId": "id",
    "SecondaryId": "id",
}
"""Names that follow no rule."""
_CONSTANTS = frozenset({"OverallStatus", "StudyType", "ReferenceType"})
_NOT_LETTERS = re.compile(r"[^A-Za-z0-9]+")
_DATE_FORMS = (("%B %d, %Y", "%Y-%m-%d"), ("%B %Y", "%Y-%m"))
_DEEPEST = 30


def listed(document: Any) -> list[Any] | None:
    """The studies of a classic answer as they stand, or None where the document is none."""
    response = document.get("FullStudiesResponse", document) if isinstance(document, dict) else None
    studies = response.get("FullStudies") if isinstance(response, dict) else None
    return list(studies) if isinstance(studies, list) else [document] if is_classic(document) else None


def is_classic(study: Any) -> bool:
    """True for one study in the classic shape, with its rank or without."""
    return isinstance(study, dict) and ("ProtocolSection" in study or "ProtocolSection" in _bare(study))


def _bare(study: dict[str, Any]) -> dict[str, Any]:
    inner = study.get("FullStudy", study)
    bare = inner.get("Study") if isinstance(inner, dict) else None
    return bare if isinstance(bare, dict) else {}


def modern(study: Any) -> Any:
    """A classic study in today's shape; anything else as it stands."""
    if not is_classic(study):
        return study
    bare = study if "ProtocolSection" in study else _bare(study)
    return _object(bare, "", _DEEPEST) | {"hasResults": "ResultsSection" in bare}


def _object(node: dict[str, Any], name: str, depth: int) -> dict[str, Any]:
    return {_name(key, name): _value(value, key, depth) for key, value in node.items()} if depth else {}


def _value(value: Any, key: str, depth: int) -> Any:
    """A value in today's shape; a list is taken out of the object that only holds it."""
    if isinstance(value, dict) and key.endswith("List") and len(value) == 1:
        (item, content), *_ = value.items()
        return (
            [_value(one, item, depth - 1) for one in content] if isinstance(content, list) else [_value(content, item, depth - 1)]
        )
    if isinstance(value, dict):
        return _object(value, key, depth - 1)
    if isinstance(value, list):
        return [_value(one, key, depth - 1) for one in value] if depth else []
    return _text(value, key) if isinstance(value, str) else value


def _text(value: str, key: str) -> str:
    if key == "Phase":
        return "NA" if value == "Not Applicable" else value.replace(" ", "").upper()
    if key in _CONSTANTS:
        return _NOT_LETTERS.sub("_", value).strip("_").upper()
    return _dated(value) if key.endswith("Date") else value


def _dated(value: str) -> str:
    """The day that "June 1, 2020" names as 2020-06-01; another form stays as it stands."""
    for read, written in _DATE_FORMS:
        try:
            return datetime.strptime(value, read).strftime(written)  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    return value


def _name(key: str, parent: str) -> str:
    """A key without what it repeats of its parent, lists in the plural: "StartDate" in "StartDateStruct" is "date"."""
    if key in _OWN_NAMES:
        return _OWN_NAMES[key]
    stem = re.sub(r"(?:Struct|Info|List)$", "", parent)
    rest = key.removeprefix(stem) if stem else key
    if not rest:
        return "date" if parent.endswith("Struct") else "id"
    plural = rest.removesuffix("List") + "s" if rest.endswith("List") else rest
    return plural[:1].lower() + plural[1:]
