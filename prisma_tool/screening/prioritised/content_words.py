"""Which words of an explanation say something about a record's content: those that any text may have say nothing to a reader. Pure."""

from __future__ import annotations

_FUNCTION_WORDS = frozenset(
    (
        "a about above after again against all also although among an and any are as at be because been before being below between both but "
        "by can could did do does doing down due during each either et few for from further had has have having he her here hers him his how "
        "however i if in into is it its itself just may me might more most must my neither no nor not now of off on once one only or other "
        "our ours out over own per rather same shall she should since so some such than that the their theirs them then there therefore these "
        "they this those through thus to too two under until up upon use used using very via was we were what when where whereas whether "
        "which while who whom whose why will with within without would yet you your"
    ).split()
)
"""Words that join others: articles, pronouns, prepositions, conjunctions, auxiliaries, and the verb of every method section."""


def is_content(words: str) -> bool:
    """Whether a word, or one of a pair of words, names a thing: it has a letter and is no function word."""
    return any(any(map(str.isalpha, word)) and len(word) > 1 and word not in _FUNCTION_WORDS for word in words.casefold().split())
