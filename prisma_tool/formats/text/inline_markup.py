"""Inline XML markup as readable text: PubMed titles and abstracts hold italics, raised and lowered characters and MathML.

Raised and lowered text becomes Unicode where every character has such a form ("CO₂", "10⁻³"), else it is marked ("x^(ab)").
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from prisma_tool.formats.text.tidy import line

_RAISED = dict(
    zip(
        "0123456789+-−–=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUW",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁᵂ",
        strict=True,
    )
)
_LOWERED = dict(zip("0123456789+-−–=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_ALWAYS_RAISED = frozenset("®™℠©°*†‡§¶'’″′, ")
_DEEPEST = 50
_MARK_LENGTH = len("sup")


def readable(element: Element | None) -> str:
    """All text inside `element` on one line; empty for a missing element."""
    if element is None:
        return ""
    text = element.text or ""
    if not len(element) and text.isascii() and text.isprintable() and "  " not in text and len(element.tag) > _MARK_LENGTH:
        # The plain case is nearly every case: nothing here that `line` could change but the ends.
        return text.strip()
    return line(_content(element, 0))


def _content(element: Element, depth: int) -> str:
    if depth > _DEEPEST:
        return "".join(element.itertext())
    inner = _formula(element, depth) or _plain(element, depth)
    return placed(_local(element), inner)


def _plain(element: Element, depth: int) -> str:
    parts = [element.text or ""]
    for child in element:
        parts += (_content(child, depth + 1), child.tail or "")
    return "".join(parts)


def _formula(element: Element, depth: int) -> str:
    """MathML whose meaning lies in the position of its parts; everything else is plain."""
    name = _local(element)
    if name not in {"msup", "msub", "msubsup", "mfrac"}:
        return ""
    base, *others = (_content(child, depth + 1).strip() for child in element) if len(element) > 1 else ("",)
    if name == "mfrac":
        return "/".join((base, *others))
    places = {"msup": ("sup",), "msub": ("sub",), "msubsup": ("sub", "sup")}[name]
    return base + "".join(placed(place, other) for place, other in zip(places, others, strict=False))


def placed(name: str, inner: str) -> str:
    """`inner` raised (`sup`) or lowered (`sub`): in such characters if all have them, else after a sign; unchanged for other names."""
    if name not in {"sup", "sub"} or not inner.strip():
        return inner
    table, sign = (_RAISED, "^") if name == "sup" else (_LOWERED, "_")
    if all(character in table or character in _ALWAYS_RAISED for character in inner):
        return "".join(table.get(character, character) for character in inner)
    return f"{sign}({inner})"


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
