"""The strategy guard for PubMed: what would be searched otherwise than it is written.

Two sources of doubt: the text itself (`examine`), and what PubMed reports about it (`complaint_problems`, `translation_changes`). Pure: nothing is asked or
stored here. Structural faults, fields that do not exist and quoted phrases that PubMed breaks up stop a search; the rest is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from prisma_tool.identify.strategy.guard.classic_faults import classic_faults, concepts_without_headings
from prisma_tool.identify.strategy.guard.foreign_words import platform_of
from prisma_tool.identify.strategy.guard.problems import Problem, ProblemKind, cleaned_problems, distinct, shown
from prisma_tool.identify.strategy.guard.pubmed_tags import EXPLODED, NEAR, field_of, nearest
from prisma_tool.identify.strategy.guard.pubmed_tree_checks import tree_problems
from prisma_tool.identify.strategy.guard.syntax import balance, curly_quotes, dangling_operators, lower_case_operators
from prisma_tool.identify.strategy.numbered_lines import NumberedLine, NumberedStrategy, in_use
from prisma_tool.identify.strategy.tokens import StrategyToken, TokenKind, tokens
from prisma_tool.sources.pubmed import Complaint

SHORTEST_STEM = 4
"""PubMed wants at least so many characters before the asterisk."""
_MODIFIER = re.compile(r"\s*:\s*(?:(noexp)|~\s*(\d+)|__jid\w+)\s*$", re.IGNORECASE)
_ALMOST_NEAR = re.compile(r"(?:[:~\s]+|:~)\d+$")
_FOREIGN_WILDCARD = re.compile(r"\w[?$#]\w|\w[$#]$|[^\W\d]%$")
_TRANSLATED = re.compile(r'"[^"]*"\[[^\]]*\]|[^\s()"\[\]]+\[[^\]]*\]')
_COMPLAINTS = {
    "phrasesnotfound": (ProblemKind.PHRASE, "PubMed does not know “{}” and leaves it out or finds nothing with it.", False),
    "fieldsnotfound": (ProblemKind.TAG, "PubMed has no field [{}] and searches all fields instead.", True),
    "phrasesignored": (ProblemKind.IGNORED, "PubMed ignores “{}”.", False),
    "quotedphrasesnotfound": (
        ProblemKind.QUOTED_PHRASE,
        'PubMed does not know the phrase {}: it searches its words apart, or finds nothing; write "..."[tiab:~0] to keep it whole.',
        True,
    ),
}
_SHOWN_CHANGES = 3


def examine(strategy: NumberedStrategy) -> tuple[Problem, ...]:
    """What the text of a PubMed strategy gives cause to say; only lines that the last one needs are searched, and looked at."""
    needed = in_use(strategy)
    lines = [line for line in strategy.lines if line.number in needed]
    problems = [problem for line in lines for problem in examine_line(line)]
    return distinct(
        [
            *strategy.faults,
            *problems,
            *concepts_without_headings(lines),
            *last_line(strategy),
            *unused_lines(strategy),
            *cleaned_problems(strategy.changes),
        ]
    )


def last_line(strategy: NumberedStrategy) -> Iterator[Problem]:
    """A last line that names no other line, though a numbered strategy is made of lines that do: is it the search at all?"""
    needed = in_use(strategy)
    if not strategy.numbered or len(strategy.lines) == 1 or needed != {strategy.last.number}:
        return
    sentence = (
        f"Line {strategy.last.number}, the last, is what would be searched, and it uses no other line. Write the line that joins the "
        f"others (as in #1 AND #2) as the last one, or leave the other lines out."
    )
    yield Problem(ProblemKind.LAST_LINE, f"line {strategy.last.number}", sentence, True, strategy.last.number)


def examine_line(line: NumberedLine) -> Iterator[Problem]:
    """Everything that is to be said about one line."""
    yield from balance(line)
    yield from dangling_operators(line, frozenset({"NOT"}))
    yield from lower_case_operators(line)
    yield from curly_quotes(line)
    yield from _tags(line)
    yield from _truncation(line)
    yield from _other_platforms(line)
    yield from _mixed_operators(line)
    yield from tree_problems(line)
    yield from classic_faults(line)


def unused_lines(strategy: NumberedStrategy) -> Iterator[Problem]:
    """Lines that the last one does not need."""
    unused = sorted({line.number for line in strategy.lines} - in_use(strategy))
    if unused and in_use(strategy) != {strategy.last.number}:
        listed = ", ".join(f"#{number}" for number in unused)
        yield Problem(
            ProblemKind.UNUSED, listed, f"The search is line {strategy.last.number}, which does not use {listed}; is that meant?"
        )


def _tags(line: NumberedLine) -> Iterator[Problem]:
    read = tokens(line.text)
    for before, token in zip([None, *read], read, strict=False):
        if token.kind is TokenKind.TAG:
            yield from _tag(line, token)
            yield from _tag_place(line, token, before)


def _tag(line: NumberedLine, token: StrategyToken) -> Iterator[Problem]:
    written = token.text[1:-1].strip()
    modifier = _MODIFIER.search(written) if ":" in written else None
    field = field_of(written[: modifier.start()] if modifier else written)
    if field and not (modifier and modifier[1] and field not in EXPLODED):
        return
    close = ""
    if _ALMOST_NEAR.search(written) and not field:
        hint = "proximity is written [tiab:~3]"
    else:
        close = nearest(written.partition(":")[0])
        hint = f"did you mean {close}?" if close else "see PubMed's list of search field tags"
    sentence = f"{line.label}PubMed has no field [{shown(written)}] and would search all fields; {hint}"
    message = sentence.rstrip("?.") + ("?" if hint.endswith("?") else ".")
    mend = close.partition(" ")[0] if close else ""
    yield Problem(ProblemKind.TAG, shown(written).lower(), message, True, line.number, (token.start, token.end), mend)


def _tag_place(line: NumberedLine, token: StrategyToken, before: StrategyToken | None) -> Iterator[Problem]:
    headless = before is None or before.kind in (TokenKind.OPEN, TokenKind.TAG) or before.is_operator
    detached = before is not None and before.kind in (TokenKind.CLOSE, TokenKind.REFERENCE)
    if not (headless or detached or ":" in token.text):
        return  # as nearly every tag of a strategy
    excerpt = shown(line.text[max(0, token.start - 20) : token.end])
    modifier, span = _MODIFIER.search(token.text[1:-1]), (token.start, token.end)
    if before is None or before.kind in (TokenKind.OPEN, TokenKind.TAG) or before.is_operator:
        sentence = f"{line.label}the tag {token.text} in “{excerpt}” has no term before it; PubMed's tags follow their term."
        yield Problem(ProblemKind.TAG_USE, f"{line.label}{excerpt}", sentence, True, line.number, span)
    elif before.kind in (TokenKind.CLOSE, TokenKind.REFERENCE):
        sentence = f"{line.label}the tag {token.text} in “{excerpt}” follows a bracket; give each term its own tag."
        yield Problem(ProblemKind.TAG_USE, f"{line.label}{excerpt}", sentence, True, line.number, span)
    elif modifier and modifier[2]:
        yield from _proximity(line, token, before, excerpt)


def _proximity(line: NumberedLine, token: StrategyToken, before: StrategyToken, excerpt: str) -> Iterator[Problem]:
    field = field_of(token.text[1:-1].partition(":")[0])
    requirements = {
        "works in the fields [ti], [tiab] and [ad] only": field not in NEAR,
        'needs its words in quotes, as in "hip pain"[tiab:~3]': before.kind is not TokenKind.QUOTED,
        "cannot be joined with truncation": "*" in before.text,
    }
    for requirement, applies in requirements.items():
        if applies:
            sentence = f"{line.label}proximity {requirement}: “{excerpt}”."
            span = (before.start, token.end)
            yield Problem(ProblemKind.PROXIMITY, f"{line.label}{excerpt}", sentence, True, line.number, span)


def _truncation(line: NumberedLine) -> Iterator[Problem]:
    for token in tokens(line.text):
        if token.kind not in (TokenKind.QUOTED, TokenKind.WORD):
            continue
        text = token.text.strip('"').strip()
        trouble = _stem_trouble(text) if "*" in text else ""
        foreign = not text.isalnum() and bool(_FOREIGN_WILDCARD.search(text))
        if foreign:
            trouble = trouble or "PubMed knows * only, at the end of a word; ? $ # % are wildcards of other platforms"
        if trouble:
            sentence = f"{line.label}“{shown(text)}”: {trouble}."
            yield Problem(ProblemKind.TRUNCATION, shown(text), sentence, foreign, line.number, (token.start, token.end))


def _stem_trouble(text: str) -> str:
    stem = text[:-1]
    if not text.endswith("*") or "*" in stem:
        return "PubMed truncates only at the end of a word, and in a phrase only its last word"
    if sum(map(str.isalnum, stem.split(" ")[-1])) < SHORTEST_STEM:
        return f"PubMed wants at least {SHORTEST_STEM} characters before the *"
    return ""


def _other_platforms(line: NumberedLine) -> Iterator[Problem]:
    for token in tokens(line.text):
        if token.kind is not TokenKind.WORD or token.is_operator:
            continue
        name = platform_of(token.text)
        if name:
            sentence = f"{line.label}“{shown(token.text)}” is {name}; PubMed would search it as a word."
            yield Problem(ProblemKind.PLATFORM, shown(token.text), sentence, True, line.number, (token.start, token.end))


def _mixed_operators(line: NumberedLine) -> Iterator[Problem]:
    """OR before AND without brackets: PubMed goes strictly from left to right."""
    operators: list[set[str]] = [set()]
    for token in tokens(line.text):
        if token.kind is TokenKind.OPEN:
            operators.append(set())
        elif token.kind is TokenKind.CLOSE and len(operators) > 1:
            operators.pop()
        elif token.text == "AND" and "OR" in operators[-1]:
            near = shown(line.text[max(0, token.start - 30) : token.end + 20])
            sentence = f"{line.label}OR and AND stand side by side in “{near}”; PubMed goes from left to right, so set brackets."
            yield Problem(ProblemKind.ORDER, f"{line.label}{near}", sentence, False, line.number, (token.start, token.end))
            return
        elif token.is_operator:
            operators[-1].add(token.text)


def complaint_problems(complaints: Iterable[Complaint], strategy: NumberedStrategy) -> tuple[Problem, ...]:
    """What PubMed itself says about the strategy, each sentence with the lines that it seems to be about."""
    problems = []
    for complaint in complaints:
        kind, sentence, stops = _COMPLAINTS.get(complaint.kind.lower(), (ProblemKind.SERVICE, "PubMed says: {}", False))
        subject = complaint.text.lower() if kind is ProblemKind.TAG else complaint.text
        problems.append(
            Problem(kind, subject, f"{_about(complaint.text, strategy)}{sentence.format(shown(complaint.text))}", stops)
        )
    return distinct(problems)


def _about(text: str, strategy: NumberedStrategy) -> str:
    """The label of the lines in which the first part of a complaint stands; PubMed echoes tags by their long names."""
    words = text.strip().strip('"').partition('"')[0].strip().lower()
    numbers = [str(line.number) for line in strategy.lines if line.number and words and words in line.text.lower()]
    return f"line {', '.join(numbers)}: " if numbers else ""


def translation_changes(before: str, now: str) -> tuple[Problem, ...]:
    """The change of PubMed's translation since the last complete run of the same strategy: one problem, or none.

    Args:
        before: the translation of the last complete run; empty where there is none.
        now: the translation of today.
    """
    if not before or before == now:
        return ()
    old, new = (list(dict.fromkeys(_TRANSLATED.findall(text))) for text in (before, now))
    removed, added = [part for part in old if part not in new], [part for part in new if part not in old]
    changes = [f"{word} {_some(parts)}" for word, parts in (("without", removed), ("with", added)) if parts]
    description = " and ".join(changes) or "in its order or brackets"
    return (
        Problem(ProblemKind.DRIFT, shown(now), f"PubMed translates this strategy otherwise than at the last run: {description}."),
    )


def _some(parts: list[str]) -> str:
    more = f" and {len(parts) - _SHOWN_CHANGES} more" if len(parts) > _SHOWN_CHANGES else ""
    return ", ".join(map(shown, parts[:_SHOWN_CHANGES])) + more
