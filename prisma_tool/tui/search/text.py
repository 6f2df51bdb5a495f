"""The texts of the search screen. Pure. Every text from outside is cleaned and plain; nothing in it is markup."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from textual.content import Content

from prisma_tool.model.text import clean, one_line
from prisma_tool.model.vocabulary import RunStatus
from prisma_tool.tui.sessions.search_session import LISTED_AT_MOST, Entry, Errand, Member, Part
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.updates.changes_since_decision import Raised, summary

_NEVER = "not run yet"
_NAME_WIDTH = 14


def entry_text(entry: Entry, errand: Errand | None) -> Content:
    """A search in two lines: what it is and how its last run ended; its numbers, or how far it is."""
    name, source = one_line(entry.plan.name), one_line(entry.plan.source)
    running = errand is not None and errand.plan.name == entry.plan.name
    state = "running" if running else _state(entry)
    head = Content.assemble((name, "bold"), "  ", source, "  ", (state, _style(entry) if not running else "$accent"))
    numbers = errand_words(errand) if errand is not None and running else _numbers(entry)
    return Content("\n").join([head, Content.styled(f"  {numbers}", QUIET)])


def _state(entry: Entry) -> str:
    if entry.last is None:
        return _NEVER
    limited = f", since {one_line(entry.last.report.since)}" if entry.last.report.since else ""
    return f"{entry.last.report.status.value}{limited}, {moment(entry.last.started)}"


def _style(entry: Entry) -> str:
    if entry.last is None or entry.last.report.status is RunStatus.COMPLETE:
        return ""
    return "bold $text-error"


def moment(when: datetime) -> str:
    """A local day and minute: `3 Feb 2025 14:05`."""
    local = when.astimezone()
    return f"{local.day} {local:%b %Y %H:%M}"


def _numbers(entry: Entry) -> str:
    if entry.last is None:
        return "Enter runs it"
    said = entry.last.report
    reported = "unknown" if said.reported is None else said.reported
    told = (("reported", reported), ("stored", said.stored), ("new", said.new), ("seen", said.seen))
    return " · ".join(f"{name} {n}" for name, n in (*told, ("changed", said.changed), ("vanished", said.vanished)))


def errand_words(errand: Errand) -> str:
    """How far a running search is: `200 of 412 records · 48 %`."""
    done, total = errand.progress
    if errand.cancelled():
        return "stopping after the present request; what has arrived is kept"
    if total is None:
        return f"{done} records so far" if done else errand.said or "asking the service"
    return f"{done} of {total} records · {100 * done // total if total else 100} %"


def part_text(part: Part) -> Content:
    """A set in one line: its name, its number, and what is in it."""
    n = Content.styled(f"{part.n:>7}", "bold" if part.n else QUIET)
    return Content.assemble(f"{part.name:<{_NAME_WIDTH}}") + n + Content.styled(f"   {one_line(part.detail)}", QUIET)


def members_text(members: Sequence[Member], n: int) -> Content:
    """The records of a set, one in each line; beyond the first ones only how many more there are."""
    lines = [_member(member) for member in members]
    if n > len(members):
        lines.append(Content.styled(f"... and {n - len(members)} more; only the first {LISTED_AT_MOST} are listed here", QUIET))
    return Content("\n").join(lines) if lines else Content("No record.")


def _member(member: Member) -> Content:
    changed = Content.styled(f"  ({one_line(member.detail)})", QUIET) if member.detail else Content("")
    return Content.styled(one_line(member.key), "bold") + Content(f"  {one_line(member.title)}") + changed


def raised_line(found: Sequence[Raised]) -> Content:
    """How many changes to decided records wait; empty where none does."""
    if not found:
        return Content("")
    return Content.styled(f"! changed since decided (press a): {summary(found)}", "bold $text-warning")


def raised_text(one: Raised) -> Content:
    """A change to a decided record in two lines."""
    waits = f"; waits for {', '.join(map(one_line, one.waiting))}" if one.waiting else ""
    head = Content.assemble((one.kind, "bold"), f"  {one_line(one.key)}  {one_line(one.decided)}{waits}")
    return Content("\n").join([head, Content.styled(f"  {moment(one.since)}: {one.before} → {one.after}", QUIET)])


def details(entry: Entry) -> Content:
    """Everything about a search: strategy, what was sent, translation, warnings."""
    parts = [_section("Strategy", entry.plan.strategy)]
    if entry.last is not None:
        said = entry.last.report
        parts += [
            _section("As it was sent", said.sent if said.sent != said.query else ""),
            _section("Translation", said.translation),
            _section("Warnings", "\n".join(one_line(warning) for warning in said.warnings)),
        ]
    return Content("\n\n").join([part for part in parts if part])


def _section(heading: str, text: str) -> Content:
    return Content.assemble((heading, "bold"), "\n", clean(text)) if text else Content("")
