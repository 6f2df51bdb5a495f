"""Names and codes of languages as databases give them, so that one word finds a language in all sources.

PubMed and Embase's tagged formats give three-letter codes of MARC (NLM's language table), others two letters or the English name.
Invariant: a language that is not in the table is only what its source calls it.
"""

from __future__ import annotations

from prisma_tool.model.text import fold

_TABLE = """
afrikaans afr af|albanian alb sqi sq|arabic ara ar|armenian arm hye hy|azerbaijani aze az|basque baq eus eu|bosnian bos bs
bulgarian bul bg|catalan cat ca|chinese chi zho zh|croatian hrv scr hr|czech cze ces cs|danish dan da|dutch dut nld nl|english eng en
esperanto epo eo|estonian est et|finnish fin fi|french fre fra fr|galician glg gl|georgian geo kat ka|german ger deu de|greek gre ell el
hebrew heb he|hindi hin hi|hungarian hun hu|icelandic ice isl is|indonesian ind id|italian ita it|japanese jpn ja|kazakh kaz kk
korean kor ko|latin lat la|latvian lav lv|lithuanian lit lt|macedonian mac mkd mk|malay may msa ms|mongolian mon mn|norwegian nor no
persian per fas fa|polish pol pl|portuguese por pt|romanian rum ron ro|russian rus ru|serbian srp scc sr|slovak slo slk sk
slovenian slv sl|spanish spa es|swahili swa sw|swedish swe sv|thai tha th|turkish tur tr|ukrainian ukr uk|urdu urd ur|uzbek uzb uz
vietnamese vie vi|welsh wel cym cy
"""
_NAMES = {
    word: tuple(names) for row in _TABLE.replace("\n", "|").split("|") if (names := row.split()) for word in names
}  # fmt: skip


def names_of(language: str) -> tuple[str, ...]:
    """A language by its English name and codes, beginning with the word that the source gives."""
    return tuple(dict.fromkeys((language, *_NAMES.get(fold(language), ()))))
