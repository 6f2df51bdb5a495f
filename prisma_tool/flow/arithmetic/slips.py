"""What is known to go wrong in flow diagrams: which boxes, counted where they should not be or left out, shift which relation.

A slip is a guess that fits the size of a difference; nothing here proves one. Invariant: the slips of a relation stand in the order of
their plausibility, and each shifts what is stated by exactly the numbers that it names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prisma_tool.flow.arithmetic import relations
from prisma_tool.flow.arithmetic.relations import MethodColumn, Relation

_OTHER_SOURCES = ("website_results", "organisation_results", "citations_results", "other_specific_results")
_REMOVED = ("duplicates", "excluded_automatic", "excluded_other")
_NOT_RETRIEVED = ("dbr_notretrieved_reports", "other_notretrieved_reports")
_SAY_SO = "; if so, say it in a note, or count them there"
_TWICE = "which may have been subtracted twice"
_NOT_SUBTRACTED = "which may not have been subtracted"


@dataclass(frozen=True, slots=True)
class Slip:
    """Some of `boxes` (of lists, the lines) make what is stated too large (`sign` 1) or too small (-1); `may` says how.

    `together`: only all of the boxes at once, each with the sign in front of its key, are one slip.
    """

    sign: int
    boxes: tuple[str, ...]
    may: str
    together: bool = False


def slips_of(relation: Relation) -> tuple[Slip, ...]:
    """The known slips that shift a relation, the most plausible first."""
    return _SLIPS.get(relation.name, ())


def _pooled(what: str) -> Slip:
    return Slip(1, _OTHER_SOURCES, f"which may have been {what} with the rest{_SAY_SO}")


_SCREENED = (
    _pooled("screened"),
    Slip(-1, ("duplicates",), _TWICE),
    Slip(1, _REMOVED, _NOT_SUBTRACTED),
    Slip(-1, ("excluded_automatic", "excluded_other"), _TWICE),
    Slip(-1, ("register_results", "database_specific_results", "register_specific_results"), "which may not have been screened"),
    Slip(1, ("previous_studies", "previous_reports"), "which may have been counted although they are of the previous version"),
)
_SOUGHT = (
    Slip(-1, ("dbr_notretrieved_reports",), "which may have been taken off already"),
    _pooled("sought"),
    Slip(1, ("other_sought_reports",), "which may have been counted with those from databases and registers"),
    Slip(1, ("previous_reports", "previous_studies"), "which may have been counted although they are of the previous version"),
    Slip(-1, ("duplicates",), "which may have been taken off here as well"),
)
_INCLUDED = (
    Slip(1, _NOT_RETRIEVED, "which may have been counted as included"),
    Slip(-1, ("+other_assessed", "-other_excluded"), "which may have been left out as those of other methods", together=True),
    Slip(1, ("previous_reports", "previous_studies"), "which may have been counted as new"),
    Slip(1, ("ongoing_reports", "awaiting_reports"), "which may have been counted as included"),
    Slip(1, ("dbr_excluded", "other_excluded"), "which may have been counted as included"),
    _pooled("included without being assessed, together"),
    Slip(-1, _NOT_RETRIEVED, _TWICE),
    Slip(-1, ("ongoing_reports", "awaiting_reports"), _TWICE),
)


def _assessed(column: MethodColumn, other: MethodColumn) -> tuple[Slip, ...]:
    missing, excluded = f"{column.prefix}_notretrieved_reports", f"{column.prefix}_excluded"
    return (
        Slip(1, (missing,), "which may have been counted as assessed"),
        Slip(-1, (missing,), _TWICE),
        Slip(1, (f"{other.prefix}_assessed", f"{other.prefix}_sought_reports"), "which may have been counted here too"),
        *((_pooled("assessed"),) if column is relations.LEFT else ()),
        Slip(-1, (excluded, "ongoing_reports", "awaiting_reports"), "which may have been taken off already"),
    )


def _total(members: str) -> tuple[Slip, ...]:
    previous, new = f"previous_{members}", f"new_{members}"
    dropped = Slip(-1, ("dropped",), "which may have been taken off")
    further = Slip(1, ("new_reports_of_previous_studies",), "which stand in the total only")
    return (
        Slip(-1, (previous,), "which may not have been counted"),
        Slip(1, (previous,), "which may have been counted twice"),
        Slip(-1, (new,), "which may not have been counted"),
        Slip(1, (new,), "which may have been counted twice"),
        *((further,) if members == "reports" else ()),
        dropped,
    )


def _source(box: str, other_box: str) -> tuple[Slip, ...]:
    return (
        Slip(-1, ("duplicates",), "which may have been taken off already"),
        Slip(1, (other_box,), "which may have been counted here too"),
        Slip(1, _OTHER_SOURCES, "which may have been counted here too"),
        Slip(-1, (f"{box}_specific_results",), "which may stand in the list and not in the sum"),
    )


_SLIPS: Mapping[str, tuple[Slip, ...]] = {
    relations.SOURCES[0].name: _source("database", "register_results"),
    relations.SOURCES[1].name: _source("register", "database_results"),
    relations.SCREENED.name: _SCREENED,
    relations.SOUGHT.name: _SOUGHT,
    relations.LEFT.assessed.name: _assessed(relations.LEFT, relations.OTHER),
    relations.OTHER.assessed.name: _assessed(relations.OTHER, relations.LEFT),
    relations.INCLUDED.name: _INCLUDED,
    relations.ENTERING_STUDIES.name: _INCLUDED,
    relations.TOTAL_ENTERING_STUDIES.name: _INCLUDED,
    relations.TOTAL_STUDIES.name: _total("studies"),
    relations.TOTAL_REPORTS.name: _total("reports"),
    relations.RECORDS_EXCLUDED.name: (Slip(1, _REMOVED, "which may have been counted as excluded"),),
    relations.SCREENING_REASONS.name: (
        Slip(1, ("dbr_excluded",), "which may have been counted under the reasons at title/abstract"),
        Slip(1, _REMOVED, "which may have been counted under the reasons at title/abstract"),
        Slip(-1, _REMOVED, "which may have been counted as excluded without a reason"),
    ),
    relations.LEFT.excluded.name: (Slip(1, ("dbr_notretrieved_reports",), "which may have been counted as excluded"),),
    relations.OTHER.excluded.name: (Slip(1, ("other_notretrieved_reports",), "which may have been counted as excluded"),),
}
