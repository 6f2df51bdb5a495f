"""Which legacy encoding a file that is not UTF is in, and whether that is in doubt.

Windows-1252 is taken wherever it gives plausible Western text, because detectors take short Western citations for code pages of DOS or
of Central Europe. Where it does not, charset-normalizer proposes one of the encodings that citation programs wrote. Measured on
titles of a line or two in 14 encodings: it names 10 of the 12 that are not Western (it takes Hebrew for Cyrillic, Turkish for Polish).
Invariant: another reading than Windows-1252 always comes with a warning that shows both.
"""

from __future__ import annotations

import re

from prisma_tool.formats.text.tidy import quoted

WESTERN = "cp1252"
_CANDIDATES = (
    *("gb18030", "big5", "euc_jp", "shift_jis", "euc_kr", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256"),
    "mac_roman",
)
_HIGH_LINE = re.compile(rb"[^\n\r]*[\x80-\xff][^\n\r]*")
_TAG = re.compile(rb"^\W{0,4}[A-Z][A-Z0-9]{1,3} {0,4}- |^%[0-9A-Z] ")
_SAMPLE = 200
"""How many lines with letters beyond ASCII are looked at."""
_WORD = re.compile(r"[^\W\d_]+")
_SIGNS = re.compile(r"(?<=[^\W\d_])[^\x00-\xff–—‘’“”…•™€](?=[^\W\d_])|[^\W\d_][¡-©«-´¶-¹»-¿×÷‚„†‡ˆ‰‹›][^\W\d_]")
"""Signs inside words."""
_PLAUSIBLE = 0.85
_SHOWN = 40


def encoding_of(data: bytes, begin: int) -> tuple[str, list[str]]:
    """The encoding of text that is not UTF, and a warning with both readings where it is not Windows-1252."""
    sample = _sample(data, begin)
    western = sample.decode(WESTERN, errors="replace")
    if _western_share(western) >= _PLAUSIBLE:
        return WESTERN, []
    proposed = _proposed(sample)
    if not proposed:
        return WESTERN, [f"The encoding is in doubt; the file was read as Windows-1252 (“{_shown(western)}”)."]
    reading = _shown(sample.decode(proposed, errors="replace"))
    doubt = f"The file seems to be in {proposed} and was read so (“{reading}”), not as Windows-1252 (“{_shown(western)}”)"
    return proposed, [f"{doubt}; if that is wrong, save it as UTF-8 and import it again."]


def _sample(data: bytes, begin: int) -> bytes:
    """The lines that show the encoding, without their tags."""
    lines = []
    for match in _HIGH_LINE.finditer(data, begin):
        lines.append(_TAG.sub(b"", match[0]))
        if len(lines) == _SAMPLE:
            break
    return b"\n".join(lines)


def _western_share(text: str) -> float:
    """The share of words beyond ASCII that look Western: small letters after a capital, most of them ASCII, no signs inside."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    if not words:
        return 1.0 if not _SIGNS.search(text) else 0.0
    return (sum(map(_is_western, words)) - len(_SIGNS.findall(text))) / len(words)


def _is_western(word: str) -> bool:
    ascii_letters = sum(character.isascii() for character in word)
    cased = word[1:].islower() or word.isupper() or len(word) == 1
    return cased and (ascii_letters * 2 >= len(word) or len(word) <= len("Å."))


def _proposed(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=list(_CANDIDATES)).best()
    return best.encoding if best else ""


def _shown(text: str) -> str:
    return quoted(text.partition("\n")[0][:_SHOWN])
