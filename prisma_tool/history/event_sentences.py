"""Events of the log in words that people understand: "Ada excluded pubmed:1 (Wrong population) at title/abstract". Pure.

Invariant: every kind of event has its words, those of later versions too; of what is held back, the words tell only that it is there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prisma_tool.model.log.events import ENGINE, Channel, Event, EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import DuplicateVerdict
from prisma_tool.review.protocol_log import ProtocolAct

_DECISION_VERBS = {
    "include": "included",
    "exclude": "excluded",
    "maybe": "was unsure about",
    "ongoing": "marked as ongoing",
    "awaiting": "marked as awaiting classification",
}
_DUPLICATE_VERDICTS = {
    DuplicateVerdict.SAME: "joined {} and {}",
    DuplicateVerdict.DIFFERENT: "kept {} and {} apart",
    DuplicateVerdict.UNSURE: "left open whether {} and {} are the same",
}
_HELD_BACK: Mapping[str, str] = {
    EventKind.DECISION: "voted on {}{} (shown once you have voted)",
    EventKind.NOTE: "wrote a note on {}{} (shown once you have voted)",
    EventKind.ORDER: "met the queue in another order (not shown while screening is blind)",
}
_LONGEST_QUOTE = 120
"""Of notes and the like so many characters are quoted; the event shown whole has all."""


def sentence(event: Event, protocol: Protocol, *, held_back: bool = False, taken_back: Event | None = None) -> str:
    """What the event says, in one line of clean text; `taken_back` is the event that an undo names."""
    return one_line(f"{actor(event)} {action_text(event, protocol, held_back=held_back, taken_back=taken_back)}")


def actor(event: Event) -> str:
    """Who speaks in an event."""
    return "deduplication" if event.reviewer == ENGINE else one_line(event.reviewer) or "prisma-tool"


def action_text(event: Event, protocol: Protocol, *, held_back: bool = False, taken_back: Event | None = None) -> str:
    """The same without who did it."""
    if held_back:
        return _HELD_BACK.get(event.kind, "judged {}{}").format(event.subject, _at(event))
    if event.kind == EventKind.UNDO:
        return f"took back: {action_text(taken_back, protocol)}" if taken_back else "took something back"
    words = _ACTIONS.get(event.kind)
    return words(event, protocol) if words else f"{event.kind}: {event.subject}"


def held_back_undo(taken_back: Event) -> str:
    """Words for taking back what is held back."""
    return f"took back a vote or note on {taken_back.subject}"


def _at(event: Event) -> str:
    return f" at {event.stage.replace('-', '/').replace('full/text', 'full text')}" if event.stage else ""


def _reason(event: Event, protocol: Protocol) -> str:
    label = protocol.reason_label(event.text("reason"))
    return f" ({label})" if label else ""


def _decision(event: Event, protocol: Protocol) -> str:
    verdict = event.text("verdict")
    note = f": {_short(event.text('note'))}" if event.text("note") else ""
    return f"{_DECISION_VERBS.get(verdict, verdict)} {event.subject}{_reason(event, protocol)}{_at(event)}{_file(event)}{note}"


def _file(event: Event) -> str:
    origin = one_line(event.text("origin"))
    return f" (from a file{f' of {origin}' if origin else ''})" if event.via == Channel.FILE or origin else ""


def _protocol(event: Event, _: Protocol) -> str:
    match event.text("act"):
        case ProtocolAct.CHANGED:
            return "changed the protocol"
        case ProtocolAct.RESTATED:
            return "put this folder's protocol in force again after a merge"
        case ProtocolAct.NOTED if event.reviewer:
            return "had the review open when it was noted that somebody had changed the protocol"
        case ProtocolAct.NOTED:
            return "noted that somebody had changed the protocol"
        case _:
            return "noted a changed protocol"


def _adjudication(event: Event, protocol: Protocol) -> str:
    return f"ruled on a conflict: {event.text('verdict')} {event.subject}{_reason(event, protocol)}{_at(event)}"


def _duplicate(event: Event, _: Protocol) -> str:
    verdict, other = event.text("verdict"), event.text("other")
    form = next((words for known, words in _DUPLICATE_VERDICTS.items() if known == verdict), verdict + " {} {}")
    return form.replace("{}", event.subject, 1).replace("{}", other, 1)


def _deduplication(event: Event, _: Protocol) -> str:
    if "joined_before" in event.payload and "fresh" not in event.payload:
        return f"judged the joined pairs by changed rules; {len(event.payload['joined_before'])} would not be joined now"
    return f"compared all records for duplicates{' (strictly)' if event.payload.get('strict') else ''}"


def _retrieval(event: Event, _: Protocol) -> str:
    note = f": {_short(event.text('note'))}" if event.text("note") else ""
    return f"marked the full text of {event.subject} as {event.text('status').replace('-', ' ')}{note}"


def _study(event: Event, _: Protocol) -> str:
    form = "linked {} with" if event.payload.get("linked", True) else "took {} out of"
    return f"{form.format(event.subject)} the study {event.text('study')}"


def _removal(event: Event, _: Protocol) -> str:
    if not event.payload.get("removed", True):
        return f"put {event.subject} back into the review"
    cause = _short(event.text("reason") or event.text("where") or event.text("note"))
    return f"removed {event.subject} before screening{f' ({cause})' if cause else ''}"


def _adjustment(event: Event, _: Protocol) -> str:
    return f"entered {event.text('n')} by hand for {event.subject}: {_short(event.text('note'))}"


def _note(event: Event, _: Protocol) -> str:
    return f"noted on {event.subject}: {_short(event.text('text'))}"


def _label(event: Event, _: Protocol) -> str:
    if event.payload.get("labelled", True):
        return f"labelled {event.subject}: {event.text('label')}"
    return f"took the label {event.text('label')} off {event.subject}"


def _edit(event: Event, _: Protocol) -> str:
    origin = f", taken from {event.text('origin')}" if event.text("origin") else ""
    return f"corrected the {(event.text('field') or 'record').replace('_', ' ')} of {event.subject}{origin}"


def _merged_reason(event: Event, protocol: Protocol) -> str:
    return f"merged the reason {event.text('label') or event.subject} into {protocol.reason_label(event.text('into'))}"


def _attempt(event: Event, _: Protocol) -> str:
    attempt = _short(f"{event.text('means')} {event.text('what')}")
    return f"tried to get the full text of {event.subject}{f': {attempt}' if attempt else ''}"


def _watch(event: Event, _: Protocol) -> str:
    return f"watched the sources: {event.text('new')} new to screen, {event.text('changed')} changed after a decision"


def _notice(event: Event, _: Protocol) -> str:
    return f"learnt from {_short(event.text('by'))} that {event.subject} is marked: {_short(event.text('notice'))}"


def _reviewer(event: Event, _: Protocol) -> str:
    return f"noted that {event.subject} is {event.text('state') or 'taking part otherwise'}"


def _assignment(event: Event, _: Protocol) -> str:
    gives = event.payload.get("assigned", True)
    return f"{'gave' if gives else 'took'} {event.subject} {'to' if gives else 'from'} {event.text('to')}{_at(event)}"


def _pilot(event: Event, _: Protocol) -> str:
    n = f" of {event.text('n')} records" if event.text("n") else ""
    return f"pilot round{n}{_at(event)}: {event.text('act') or 'changed'}"


def _order(event: Event, _: Protocol) -> str:
    if event.text("act") == "priors":
        return f"gave {len(event.payload.get('records', ()))} known records to learn from ({_short(event.text('file'))})"
    if event.text("act") == "sampling":
        return f"began to draw the {event.text('open')} open reports at random (seed {event.text('seed')})"
    if event.text("why"):
        return f"was shown {event.subject} by {event.text('why')}"
    return f"went on in the order of {event.text('order') or event.subject}"


def _stopping(event: Event, _: Protocol) -> str:
    if event.text("act") == "reopened":
        return f"took up screening again ({event.text('records')} records)"
    if event.text("act") == "stopped":
        return f"stopped screening with {event.text('left')} reports left: {_short(event.text('words'))}"
    return f"set the stopping rule: {_short(event.text('words'))}"


def _with_subject(words: str) -> Callable[[Event, Protocol], str]:
    """Words that name the subject only."""
    return lambda event, _: words.replace("{}", event.subject)


def _acknowledgement(event: Event, _: Protocol) -> str:
    seen = set(map(str, event.payload.get("kinds", ())))
    if seen and seen <= _SEEN.keys():
        return f"kept the decision on {event.subject}, having seen {' and '.join(_SEEN[kind] for kind in sorted(seen))}"
    return f"kept the decision on {event.subject} although the record has changed"


_SEEN = {
    "late duplicate": "that this record joined its report late",
    "new record of a closed report": "that a new record describes it",
}
"""What an acknowledgement may be about beside changes to a record (`updates.acknowledgement`)."""


def _strategy(event: Event, _: Protocol) -> str:
    if event.text("act") == "attached":
        day = f", searched on {event.text('searched_on')}" if event.text("searched_on") else ""
        return f"said that an import came from the search {event.subject}{day}"
    return f"checked the strategy {event.subject}"


def _participants(event: Event, _: Protocol) -> str:
    counted_as = f" ({event.text('as')})" if event.text("as") else ""
    return f"entered {event.text('participants')} participants{counted_as} for the study {event.subject}"


_ACTIONS: Mapping[str, Callable[[Event, Protocol], str]] = {
    EventKind.DECISION: _decision,
    EventKind.ADJUDICATION: _adjudication,
    EventKind.DUPLICATE: _duplicate,
    EventKind.DEDUPLICATION: _deduplication,
    EventKind.RETRIEVAL: _retrieval,
    EventKind.STUDY: _study,
    EventKind.REMOVAL: _removal,
    EventKind.ADJUSTMENT: _adjustment,
    EventKind.NOTE: _note,
    EventKind.LABEL: _label,
    EventKind.EDIT: _edit,
    EventKind.EFFORT: _attempt,
    EventKind.NOTICE: _notice,
    EventKind.WATCH: _watch,
    EventKind.PROTOCOL: _protocol,
    EventKind.STRATEGY: _strategy,
    EventKind.VERSION: _with_subject("closed the version {}"),
    EventKind.ACKNOWLEDGEMENT: _acknowledgement,
    EventKind.REASON: _merged_reason,
    EventKind.REVIEWER: _reviewer,
    EventKind.ASSIGNMENT: _assignment,
    EventKind.PILOT: _pilot,
    EventKind.ORDER: _order,
    EventKind.STOPPING: _stopping,
    EventKind.PARTICIPANTS: _participants,
}


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _LONGEST_QUOTE else f"{line[: _LONGEST_QUOTE - 1]}…"
