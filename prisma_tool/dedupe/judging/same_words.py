"""Words that are written in two ways and mean one thing: true synonyms, and the two names of one drug.

Synonyms are no difference between titles. The international (INN) and the United States' (USAN) name of a drug mean one drug, but a
paper and its sibling may well differ by them: titles that exchange them are compared as one, and the pair goes to a person.
"""

from __future__ import annotations

from collections.abc import Iterable

SYNONYMS = {
    "vs": "versus",  # databases abbreviate it and write it out
    "covid19": "covid 19",  # the hyphen is dropped with or without leaving a blank
}
"""Spelling, and the one under which both are compared. It is no dictionary: only what databases exchange without an author's doing."""

_DRUGS = """
acetaminophen paracetamol
albuterol salbutamol
dipyrone metamizole
dicyclomine dicycloverine
epinephrine adrenaline
furosemide frusemide
glyburide glibenclamide
hydroxyurea hydroxycarbamide
isoproterenol isoprenaline
lidocaine lignocaine
meperidine pethidine
methimazole thiamazole
mesalamine mesalazine
metaproterenol orciprenaline
norepinephrine noradrenaline
phenobarbital phenobarbitone
rifampin rifampicin
scopolamine hyoscine
succinylcholine suxamethonium
thiopental thiopentone
trihexyphenidyl benzhexol
"""
"""The name in the United States and the international or British one, a pair a line, from the lists of the WHO and of the EMA.

Names that a letter parts (cyclosporin, indometacin) are spellings, and not here."""

DRUG_NAMES = {name: pair.split()[1] for pair in _DRUGS.strip().splitlines() for name in pair.split()}
"""Every name with the one under which its drug is compared."""


def named_alike(title: str) -> tuple[str, frozenset[str]]:
    """The folded title with one word for each meaning, and the drugs' names as they were."""
    words = title.split()
    if SYNONYMS.keys().isdisjoint(words) and DRUG_NAMES.keys().isdisjoint(words):
        return title, frozenset()
    same = (SYNONYMS.get(word, word) for word in words)
    return " ".join(DRUG_NAMES.get(word, word) for word in same), frozenset(words) & DRUG_NAMES.keys()


def exchanged_drug_names(a: frozenset[str], b: frozenset[str]) -> tuple[str, ...]:
    """The names by which two titles call one drug, where they have none in common for it; sorted, empty where none is exchanged."""
    exchanged = {
        name for name in a | b if not _names_of(name, a) & _names_of(name, b) and _names_of(name, a) and _names_of(name, b)
    }
    return tuple(sorted(exchanged))


def _names_of(name: str, names: Iterable[str]) -> set[str]:
    return {other for other in names if DRUG_NAMES[other] == DRUG_NAMES[name]}
