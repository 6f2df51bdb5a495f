"""The flow of a living review from typed numbers: a list of versions, and the numbers of all together where the file states them.

Invariant: what the file states of all versions is kept and compared with their sum; what it does not state is the sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from prisma_tool.errors import FormatError
from prisma_tool.figure.exchange.typed_checks import arithmetic_of
from prisma_tool.figure.exchange.typed_flow import TypedFlow, TypedNumbers, count_of, flow_of
from prisma_tool.flow.flow import PENDING_KEYS, Check, Flow, VersionFlow
from prisma_tool.flow.living.balance import living_checks
from prisma_tool.flow.living.versions import ADDED_UP, ADDED_UP_LISTS, only_included, together, with_earlier

_INCLUDED = frozenset({"new_studies", "new_reports"})


def living_flow_of(numbers: TypedNumbers) -> TypedFlow:
    """The flow of all versions, with each beside it.

    Raises:
        FormatError: a number is missing that every figure has.
        UsageError: a version's template has no boxes for numbers that are there.
    """
    versions, notes = _versions(numbers)
    typed = flow_of(_stated_or_summed(numbers, versions))
    flow = replace(typed.flow, versions=versions)
    return replace(typed, flow=replace(flow, checks=_checks(flow, numbers.checks)), notes=(*typed.notes, *notes))


def all_versions(numbers: TypedNumbers) -> TypedNumbers:
    """The numbers of all versions as one review, whose versions are left out."""
    return _stated_or_summed(numbers, _versions(numbers)[0]) if numbers.versions else numbers


def _versions(numbers: TypedNumbers) -> tuple[tuple[VersionFlow, ...], tuple[str, ...]]:
    read = [_version(version) for version in numbers.versions]
    return with_earlier(version for version, _ in read), tuple(note for _, notes in read for note in notes)


def _version(numbers: TypedNumbers) -> tuple[VersionFlow, tuple[str, ...]]:
    """One version; of one that was made elsewhere, what it included may be all that is known."""
    given = {key for key, n in numbers.counts.items() if n is not None}
    if given and given <= _INCLUDED and not any(numbers.lists.values()):
        studies, reports = (count_of(numbers.counts.get(key) or 0) for key in ("new_studies", "new_reports"))
        flow = only_included(studies, reports)
        return VersionFlow(numbers.label, replace(flow, not_given=flow.not_given | (_INCLUDED - given))), numbers.notes
    typed = flow_of(numbers)
    return VersionFlow(numbers.label, typed.flow), typed.notes


def _stated_or_summed(numbers: TypedNumbers, versions: Iterable[VersionFlow]) -> TypedNumbers:
    """The numbers of all versions: those of the file, or where it has none of its own, the sums."""
    if numbers.counts or any(numbers.lists.values()):
        return replace(numbers, versions=())
    whole = together(versions)
    if not _has_flow(whole):
        raise FormatError(f"{numbers.origin}: no version has the numbers of a flow, such as records_screened.")
    counts = {key: _number(whole, key) for key in ADDED_UP}
    lists = {name: {label: line.n for label, line in getattr(whole, name).items()} for name in ADDED_UP_LISTS}
    pending = numbers.pending or {name: getattr(whole.pending, name).n for name in PENDING_KEYS}
    return replace(
        numbers,
        counts=counts,
        lists=lists,
        pending=pending,
        unmerged=numbers.unmerged or whole.unmerged,
        template=whole.template,
        versions=(),
    )


def _has_flow(flow: Flow) -> bool:
    return "records_screened" not in flow.not_given


def _number(flow: Flow, key: str) -> int | None:
    counted = getattr(flow, key)
    return None if counted is None or key in flow.not_given else int(counted.n)


def _checks(flow: Flow, stated: tuple[Check, ...]) -> tuple[Check, ...]:
    """The checks of all versions as one, then those between the versions; one that the file explains stands while its arithmetic does."""
    explained = {check.name: check for check in stated}
    between = list(_explained_or_computed(living_checks(flow), explained))
    names = {check.name for check in between}
    return (*(check for check in flow.checks if check.name not in names), *between)


def _explained_or_computed(computed: Iterable[Check], explained: dict[str, Check]) -> Iterator[Check]:
    for check in computed:
        stated_check = explained.get(check.name)
        yield stated_check if stated_check is not None and arithmetic_of(stated_check) == arithmetic_of(check) else check
