"""LaTeX in BibTeX values as readable Unicode: accents, letters, signs, Greek, raised and lowered text, markup, plain braces.

Only what is plain text is decoded; an unknown command loses its backslash and keeps its argument. Invariant: text without a
backslash, brace, tilde, dollar sign or doubled sign comes back unchanged.
"""

from __future__ import annotations

import re
import unicodedata

from prisma_tool.formats.bibtex.latex_symbols import ACCENTS, LETTERS, SIGNS
from prisma_tool.formats.text.inline_markup import placed

_TOUCHED = ("\\", "{", "}", "$", "~", "--", "``", "''")
_LETTER = r"\\[ij](?![A-Za-z])|[^\W\d_]"
_ACCENT = re.compile(
    rf"\\([`'^\"~=.])[ ]*(?:\{{[ ]*({_LETTER})[ ]*\}}|({_LETTER}))"
    rf"|\\([uvHcdbkr])(?:[ ]*\{{[ ]*({_LETTER})[ ]*\}}|[ ]*(\\[ij](?![A-Za-z]))|[ ]+([^\W\d_]))"
)
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?((?:\{\})?)([ ]?)")
_RAISED = re.compile(r"\\text(super|sub)script\s*\{([^{}]*)\}")
_IN_FORMULA = re.compile(r"([\^_])(?:\{([^{}]*)\}|([^\s{}]))")
_FORMULA = re.compile(r"(?<!\\)\$(\S|\S[^$\n]{0,400}?[^\s\\$])\$")
_FORMULA_MARK = re.compile(r"[\\^_{}<>=+±≤≥]|^\w{1,2}$")
_RUNNING_TEXT = re.compile(r"\s[a-z]{3,}\s")
_DROPPED = re.compile(r"\\(?:noopsort|label|cite[a-z]*|footnote|thanks)\s*\{[^{}]*\}|\\[-/]")
_LINK = re.compile(r"\\href\s*\{[^{}]*\}\s*(?=\{)")
_SHELL = re.compile(
    r"\\(?:mathrm|text(?:bf|it|rm|sc|sf|sl|tt|up|normal|)|emph|math(?:bf|it|cal|sf)|mbox|url|uppercase|ensuremath|em|it|bf|sc|rm|sl|tt)(?![A-Za-z])[ ]*"
)
_DOUBLE = re.compile(r"\{\{([^{}]*)\}\}")
_SPACE = re.compile(r"\\[,;:! ]|(?<!\\)~|\\\\")
_TWICE = re.compile(r"\\\\(?=[`'^\"~][A-Za-z{])")
"""An accent whose backslash a program doubled."""
_ESCAPED = re.compile(r"\\([&%$#_{}])")
_STAND_INS = {character: chr(0xE000 + number) for number, character in enumerate("&%$#_{}~")}
"""Escaped signs wait in the private use area until the plain ones are gone."""
_RESTORED = {stand_in: character for character, stand_in in _STAND_INS.items()}
_STAND_IN = re.compile("[\ue000-\ue007]")
_NAMED = re.compile(r"\\text(braceleft|braceright|asciitilde)(?:\{\}|(?![A-Za-z])[ ]?)")
_NAMED_SIGNS = {"braceleft": "{", "braceright": "}", "asciitilde": "~"}
"""Signs that mean something to TeX, written by name."""
_DEEPEST = 4


def readable_latex(text: str) -> str:
    """`text` with its LaTeX resolved; line breaks are kept."""
    if not any(map(text.__contains__, _TOUCHED)):
        return text
    plain = _STAND_IN.sub("", text)
    if "\\" in plain:
        plain = _marked_up(plain)
    if "$" in plain:
        plain = _FORMULA.sub(_formula, plain)
    if "\\" in plain:
        plain = _COMMAND.sub(_command, plain)
    # Braces part signs ("-{}-"), as in TeX: they go only when the doubled signs have been read.
    plain = _punctuated(plain).replace("{", "").replace("}", "").replace("~", " ")
    return unicodedata.normalize("NFC", _STAND_IN.sub(lambda match: _RESTORED[match[0]], plain))


def plain_address(text: str) -> str:
    """An address or identifier with its escaped signs and braces resolved; a tilde or dollar sign belongs to it."""
    if "\\" not in text and "{" not in text:
        return text
    freed = re.sub(r"\\url(?![a-z])", "", text).replace("\\textunderscore", "_").replace("\\textasciitilde", "~")
    return _ESCAPED.sub(r"\1", freed.replace("{}", "")).translate({ord("{"): None, ord("}"): None, ord("\\"): None})


def _marked_up(text: str) -> str:
    """Accents set, escaped signs put aside, fonts and links resolved."""
    plain = _ESCAPED.sub(lambda match: _STAND_INS[match[1]], _TWICE.sub(r"\\", text))
    plain = _NAMED.sub(lambda match: _STAND_INS[_NAMED_SIGNS[match[1]]], plain)
    plain = _SHELL.sub("", _LINK.sub("", _DROPPED.sub("", plain)))
    for _ in range(_DEEPEST):
        plain, changed = _DOUBLE.subn(r"{\1}", plain)
        if not changed:
            break
    plain = _RAISED.sub(lambda match: placed("sup" if match[1] == "super" else "sub", match[2]), _ACCENT.sub(_accented, plain))
    return _SPACE.sub(" ", plain)


def _accented(match: re.Match[str]) -> str:
    mark = ACCENTS[match[1] or match[4]]
    letter = next(filter(None, (match[2], match[3], match[5], match[6], match[7])))
    return unicodedata.normalize("NFC", letter.lstrip("\\") + mark)


def _formula(match: re.Match[str]) -> str:
    """A formula without its dollar signs; what stands between two amounts of money is none."""
    formula = match[1]
    if not _FORMULA_MARK.search(formula) or _RUNNING_TEXT.search(formula):
        return match[0]
    return _IN_FORMULA.sub(_positioned, _COMMAND.sub(_command, formula))


def _positioned(match: re.Match[str]) -> str:
    return placed("sup" if match[1] == "^" else "sub", match[2] if match[3] is None else match[3])


def _command(match: re.Match[str]) -> str:
    """The sign for which a command stands; a letter takes the blank after it, as in TeX. An unknown command gives way to what it holds."""
    name, empty, blank = match.groups()
    if name in LETTERS:
        return LETTERS[name]
    if name in SIGNS:
        return SIGNS[name] + blank
    opens = empty or match.string.startswith("{", match.end(1))
    return blank if opens else name + blank


def _punctuated(text: str) -> str:
    if "--" in text:
        text = text.replace("---", "—").replace("--", "–")
    return text.replace("``", "“").replace("''", "”") if "``" in text or "''" in text else text
