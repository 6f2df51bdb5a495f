"""Whether the versions of a living review add up to all of them together, box by box.

Over all versions each record and report counts once, under its latest outcome (docs/counting.md, rules 2 and 22), so a difference is
explainable. Invariant: where the members of both sides are known, they account for the whole difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from prisma_tool.flow.arithmetic.box_words import words_of
from prisma_tool.flow.flow import Check, CheckKind, Count, Flow, VersionFlow
from prisma_tool.flow.included import DROPPED_REPORTS, DROPPED_STUDIES
from prisma_tool.flow.living.versions import ADDED_UP, named, number_in


def with_versions(flow: Flow, versions: tuple[VersionFlow, ...]) -> Flow:
    """The numbers of all versions with those of each beside them, and checked against them."""
    living = replace(flow, versions=versions)
    return replace(living, checks=(*flow.checks, *living_checks(living)))


def living_checks(flow: Flow) -> tuple[Check, ...]:
    """What holds between the versions and all of them together, and inside each version."""
    versions = named(flow.versions)
    return (*_added_up(flow), *_chained(versions), *(check for version in versions for check in _within(version)))


def differences(flow: Flow) -> dict[str, int]:
    """By box: by how much all versions together are more than the sum of the versions; boxes that add up are left out."""
    sides = {key: _sides(flow, key) for key in ADDED_UP}
    return {key: pair[0].n - sum(part.n for part in pair[1]) for key, pair in sides.items() if pair and _differ(*pair)}


def _sides(flow: Flow, key: str) -> tuple[Count, list[Count]] | None:
    whole: Count | None = getattr(flow, key)
    parts = [part for version in flow.versions if (part := number_in(version, key)) is not None]
    return None if whole is None or key in flow.not_given or not parts else (whole, parts)


def _differ(whole: Count, parts: list[Count]) -> bool:
    return whole.n != sum(part.n for part in parts)


def _added_up(flow: Flow) -> Iterator[Check]:
    for key in ADDED_UP:
        sides = _sides(flow, key)
        if sides is not None:
            yield _balanced(f"all versions: {words_of(flow, key)}", *sides)


def _balanced(name: str, whole: Count, parts: list[Count]) -> Check:
    difference = whole.n - sum(part.n for part in parts)
    sums = f"{' + '.join(str(part.n) for part in parts)} {'is not' if difference else '='} {whole.n}"
    reasons = [(n, words) for n, words in _reasons(whole, parts) if n] if difference else []
    missed = difference - sum(n for n, _ in reasons)
    reasons_given = [f"{n:+d} {words}" for n, words in reasons] + ([f"{missed:+d} without an explanation"] if missed else [])
    return Check(name, CheckKind.EXPLAINABLE, not missed, "; ".join([sums, *reasons_given]), missed)


def _reasons(whole: Count, parts: list[Count]) -> Iterator[tuple[int, str]]:
    """What the members of both sides tell: what several versions counted, and what counts elsewhere over all versions."""
    counted = [member for part in parts for member in _members(part)]
    in_versions, in_all = frozenset(counted), frozenset(_members(whole))
    if not counted and not in_all:
        return
    yield len(in_versions) - len(counted), "in several versions"
    yield -len(in_versions - in_all), "in another box, or under another record, over all versions"
    yield len(in_all - in_versions), "in no version's box"


def _members(counted: Count) -> tuple[str, ...]:
    return counted.records if counted.studies is None else tuple(study.label for study in counted.studies)


def _chained(versions: tuple[VersionFlow, ...]) -> Iterator[Check]:
    """What each version took over from those before it is what they included."""
    for place, version in enumerate(versions):
        before = versions[:place]
        for members in ("studies", "reports"):
            previous: Count | None = getattr(version.flow, f"previous_{members}")
            parts = [part.n for earlier in before if (part := number_in(earlier, f"new_{members}")) is not None]
            if previous is not None and parts:
                yield _taken_over(f"{version.label}: previous {members}", previous.n, sum(parts), _dropped(before, members))


def _taken_over(name: str, previous: int, earlier: int, dropped: int) -> Check:
    missed = previous - earlier + dropped
    account = f"{earlier} included before" + (f" - {dropped} no longer included" if dropped else "")
    detail = f"{previous} {'is not' if missed else '='} {account}" + (f"; {missed:+d} without an explanation" if missed else "")
    return Check(name, CheckKind.EXPLAINABLE, not missed, detail, missed)


def _dropped(versions: Iterable[VersionFlow], members: str) -> int:
    lines = {"studies": DROPPED_STUDIES, "reports": DROPPED_REPORTS}
    return sum(version.flow.dropped.get(lines[members], Count()).n for version in versions)


def _within(version: VersionFlow) -> Iterator[Check]:
    """The relations of one version: those that fail, else one sentence for all."""
    failed = [check for check in version.flow.checks if not check.holds and check.kind is not CheckKind.WARNING]
    yield from (replace(check, name=f"{version.label}: {check.name}") for check in failed)
    if not failed and version.flow.checks:
        yield Check(f"{version.label}: its own relations", CheckKind.STRICT, holds=True, detail="all of them hold")
