"""What databases do to a title without making it another: markup, spelling, misprints, and what they append or cut.

A noise that only adds or cuts is used where the place agrees too, since the words alone could be another report's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

PLACED = ("printed", "article numbers", "meeting abstract")
SPELT = (*PLACED, "ahead of print and printed", "sparse rows")


@dataclass(frozen=True, slots=True)
class TitleNoise:
    """A kind of noise: the shapes in which it leaves no doubt, titles that invite it, and the titles of the two records."""

    name: str
    shapes: tuple[str, ...]
    titles: tuple[str, ...]
    change: Callable[[Random, str], tuple[str, str]]


PLAIN = (
    "Randomised trial of {drug} against {other} for the treatment of {disease} in {people}",
    "Predictors of {outcome} after {procedure} in {people} with {disease}",
    "Long-term {outcome} in {people} with {disease} treated with {drug} and {other}",
    "Cost-effectiveness of {procedure} compared with {drug} in the management of {disease}",
)
_BRITISH = (
    "Randomised trial of {drug} for intracerebral haemorrhage in {disease}",
    "Behavioural predictors of {outcome} in paediatric {disease}: a single-centre study",
    "Tumour markers and oesophageal findings in {people} with {disease}",
    "Hospitalisation for anaemia or oedema during {drug} treatment of {disease}",
    "Diarrhoea and leukopenia as adverse effects of {drug} in gynaecological practice",
)
_ACCENTED = (
    "{drug} in primary Sjögren syndrome and {disease}",
    "Guillain-Barré syndrome after {procedure} in {people} with {disease}",
    "Ménière's disease and {disease}: a case-control study of {outcome}",
    "Treatment-naïve {people} with {disease} and Behçet's disease",
    "Validation of the Køge-Århus questionnaire in {people} with {disease}",
)
_GREEK = (
    "Effect of TNF-α blockade on {outcome} in {disease}",
    "β-blockers and {drug} in {people} with {disease}",
    "Interferon-γ release and {outcome} in {disease}",
    "Serum β2-microglobulin predicts {outcome} in {disease}",
)
_HYPHENATED = (
    "Follow-up of {people} with {disease} after {procedure}: a cross-sectional study",
    "Double-blind placebo-controlled trial of {drug} in {disease}",
    "Post-operative {outcome} and health-related quality of life in {disease}",
    "Meta-analysis of {drug} in treatment-resistant {disease}",
)
_MARKED_UP = (
    "^{{18}}F-FDG positron emission tomography in {disease} treated with {drug}",
    "CD4^{{+}} T cells and {outcome} in {disease}",
    "HbA_{{1c}} and {outcome} after {procedure} in {disease}",
    "VO_{{2}}max in {people} with {disease}",
)
_SUBTITLED = (
    "{drug} against {other} in {disease}: a randomised controlled trial",
    "Predictors of {outcome} after {procedure}: a prospective cohort study",
    "{procedure} in {people} with {disease}: a multicentre retrospective study",
    "Burden of {disease} in routine care - a cross-sectional study",
)
_JOINING = ("{drug} and {other} versus {procedure} in {disease}", "{outcome} and {procedure} in {disease}: {drug} versus {other}")
_TRANSLATED = (
    "Effect of {drug} in the treatment of {disease}|Wirksamkeit von {drug} in der Behandlung ({disease})",
    "Quality of life after {procedure}|Qualité de vie après {procedure}: étude observationnelle",
    "Risk factors of {disease} in primary care|Factores de riesgo de {disease} en la atención primaria",
)
_AMERICAN = (
    ("andomis", "andomiz"),
    ("aemorrhage", "emorrhage"),
    ("ehaviour", "ehavior"),
    ("aediatric", "ediatric"),
    ("umour", "umor"),
    ("oesophag", "esophag"),
    ("ospitalis", "ospitaliz"),
    ("naemia", "nemia"),
    ("oedema", "edema"),
    ("iarrhoea", "iarrhea"),
    ("ynaecolog", "ynecolog"),
    ("-centre", "-center"),
    ("eukaemia", "eukemia"),
    ("schaemic", "schemic"),
    ("lycaemic", "lycemic"),
    ("labour", "labor"),
    ("sulphate", "sulfate"),
    ("synchronis", "synchroniz"),
    ("aemodialysis", "emodialysis"),
    ("aemoglobin", "emoglobin"),
)
_PLAIN_LETTERS = str.maketrans("öéèïçåøÅØüä", "oeeicaoAOua")
_LOST_LETTERS = dict.fromkeys(map(ord, "öéèïçåøÅØüä"), "?")
_GREEK_NAMES = {ord("α"): "alpha", ord("β"): "beta", ord("γ"): "gamma"}
_MISREAD = (("rn", "m"), ("m", "rn"), ("l", "1"), ("cl", "d"), ("h", "b"), ("ti", "fi"))
_MARK = re.compile(r"([\^_])\{(\w+|\+)\}")
_RAISED = str.maketrans("128+", "¹²⁸⁺")


def _american(_draw: Random, title: str) -> tuple[str, str]:
    american = title
    for british, other in _AMERICAN:
        american = american.replace(british, other)
    return title, american


def _accents_lost(draw: Random, title: str) -> tuple[str, str]:
    return title, title.translate(_PLAIN_LETTERS if draw.random() < 0.7 else _LOST_LETTERS)


def _greek_spelt(_draw: Random, title: str) -> tuple[str, str]:
    return title, title.translate(_GREEK_NAMES)


def _hyphens(draw: Random, title: str) -> tuple[str, str]:
    return title, title.replace("-", draw.choice((" ", "", "–", "- ")))


def _long_word(draw: Random, title: str) -> tuple[int, str]:
    """A word of eight letters or more and where it begins: one letter wrong in it makes no other word."""
    words = [(match.start(), match.group()) for match in re.finditer(r"[a-z]{8,}", title)]
    return draw.choice(words)


def _misprint(draw: Random, title: str) -> tuple[str, str]:
    start, word = _long_word(draw, title)
    at = start + draw.randint(2, len(word) - 3)
    kinds = (
        title[:at] + title[at + 1 :],
        title[:at] + title[at] + title[at:],
        title[:at] + title[at + 1] + title[at] + title[at + 2 :],
        title[:at] + draw.choice("aeirst") + title[at + 1 :],
    )
    return title, draw.choice(kinds)


def _misread(draw: Random, title: str) -> tuple[str, str]:
    start, word = _long_word(draw, title)
    printed, read = draw.choice([pair for pair in _MISREAD if pair[0] in word] or [(word[-1], "")])
    return title, title[:start] + word.replace(printed, read, 1) + title[start + len(word) :]


def _words_joined(draw: Random, title: str) -> tuple[str, str]:
    """Two long words run together; a short one could make another word ("in patients", "inpatients")."""
    at = draw.choice([match.end() for match in re.finditer(r"\w{4,}(?= \w{4,})", title)])
    return title, title[:at] + title[at + 1 :]


def _cosmetics(draw: Random, title: str) -> tuple[str, str]:
    return title, draw.choice((f"{title}.", title.upper(), f"[{title}].", title.title(), f'"{title}"'))


def _appended(draw: Random, title: str) -> tuple[str, str]:
    endings = (
        "[Chinese]",
        "(in German)",
        "[Review] [33 refs]",
        "[Review]",
        "(multiple letters)",
        "[see comment]",
        "[Spanish] TT - Estudio",
        "(Brief communication)",
        "- Original article",
        "[published erratum appears in Lancet 1999;353:1]",
    )
    return title, f"{title} {draw.choice(endings)}"


def _numbered(draw: Random, title: str) -> tuple[str, str]:
    number = draw.randint(10, 999)
    return title, draw.choice(
        (f"Abstract {number}: {title}", f"P{number} {title}", f"{title} (abstract {number})", f"{number}. {title}")
    )


def _subtitle_cut(_draw: Random, title: str) -> tuple[str, str]:
    return title, re.split(r": | - ", title)[0]


def _cut_at_a_length(draw: Random, title: str) -> tuple[str, str]:
    return title, title[: max(40, len(title) * 3 // 4)] + draw.choice(("", "..."))


def _marked(draw: Random, title: str) -> tuple[str, str]:
    """Raised and lowered letters in two of the forms in which records hold them once their markup has been read."""
    first, second = draw.sample(_MARKS, 2)
    return _MARK.sub(first, title), _MARK.sub(second, title)


def _raised(match: re.Match[str]) -> str:
    place, text = match.groups()
    return text.translate(_RAISED) if place == "^" else f"_({text})"


def _short_forms(draw: Random, title: str) -> tuple[str, str]:
    return title, title.replace(" and ", " & ").replace("versus", draw.choice(("vs", "vs.", "v")))


def _translated(_draw: Random, title: str) -> tuple[str, str]:
    english, _, original = title.partition("|")
    return f"[{english}]", original


_MARKS: tuple[str | Callable[[re.Match[str]], str], ...] = (
    r"\2",
    r"(\2)",
    _raised,
    lambda match: f"(su{'p' if match[1] == '^' else 'b'} {match[2]})",
)
"""Plain, bracketed, as PubMed's records are read, and as Ovid writes it."""

TITLE_NOISES = (
    TitleNoise("nothing but the export", SPELT, PLAIN, lambda _draw, title: (title, title)),
    TitleNoise("capitals, stops and brackets", SPELT, PLAIN, _cosmetics),
    TitleNoise("British and American spelling", SPELT, _BRITISH, _american),
    TitleNoise("diacritics lost", SPELT, _ACCENTED, _accents_lost),
    TitleNoise("Greek letters spelt out", SPELT, _GREEK, _greek_spelt),
    TitleNoise("hyphens", SPELT, _HYPHENATED, _hyphens),
    TitleNoise("misprint of one letter", SPELT, PLAIN, _misprint),
    TitleNoise("misread letters", SPELT, PLAIN, _misread),
    TitleNoise("words joined", SPELT, PLAIN, _words_joined),
    TitleNoise("ampersand and vs", SPELT, _JOINING, _short_forms),
    TitleNoise("raised and lowered letters", SPELT, _MARKED_UP, _marked),
    TitleNoise("appended by the database", PLACED, PLAIN, _appended),
    TitleNoise("number of the abstract", ("meeting abstract",), PLAIN, _numbered),
    TitleNoise("subtitle cut", PLACED, _SUBTITLED, _subtitle_cut),
    TitleNoise("cut at a length", PLACED, PLAIN, _cut_at_a_length),
    TitleNoise("translated title and the original", ("printed",), _TRANSLATED, _translated),
)
