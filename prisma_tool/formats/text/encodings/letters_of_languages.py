"""How often letters beyond ASCII stand in the languages that citations are written in: facts only, for `likely_readings`.

Invariant: letters are in small letters and in the order of their frequency, the most frequent first; none is repeated.
"""

from __future__ import annotations

from collections.abc import Mapping

LATIN: Mapping[str, tuple[str, float]] = {
    "French": ("éèàêçôîâûùïœëü", 0.2),
    "German": ("üäößé", 0.2),
    "Spanish": ("óíáéñúü", 0.2),
    "Portuguese": ("ãçéáíóêõâúôà", 0.1),
    "Italian": ("àèùòéì", 0.05),
    "Catalan": ("óèàéíçòúïü", 0.01),
    "Danish and Norwegian": ("øåæéö", 0.07),
    "Swedish and Finnish": ("äöåéü", 0.1),
    "Icelandic": ("íáðóæöþéúý", 0.003),
    "Estonian": ("õäöü", 0.02),
    "Polish": ("łęąóśżćńź", 0.04),
    "Czech": ("íáéěýřčšžůúťóňď", 0.03),
    "Slovak": ("áíéýčšžúľťôóňäď", 0.01),
    "Hungarian": ("éáóöüőíúű", 0.03),
    "Romanian": ("ăîâţşțș", 0.01),
    "Croatian and Slovenian": ("čšžćđ", 0.03),
    "Turkish": ("ıüşöçğâî", 0.05),
}
"""Languages in which only some letters are beyond ASCII, and how many of the names and titles are theirs, roughly."""

FOLLOWED = {("Portuguese", "õ"): "e", ("Portuguese", "ã"): "oes", ("Spanish", "ñ"): "aeiouáéíóú"}
"""Letters that in this language stand before these or at the end of a word."""

ALONE = frozenset("àéèóíáåöøивсокуаяηοو")
"""Letters beyond ASCII that are words."""

NOT_BEFORE_VOWEL = frozenset("èêàùìò")
"""Vowels that hardly ever stand before another."""

ENDS = {("Czech", "ý"), ("Slovak", "ý")}
"""Letters that in this language mostly end a word: Novotný, Kyselý."""

WORDS = frozenset(("naïve", "naïf", "naïveté", "à"))
"""Words with letters beyond ASCII that English texts have, "vis-à-vis" among them."""

FINAL = {"Hebrew": "םןךףץ", "Greek": "ς"}
"""Letters that only end a word."""
NEVER_FINAL = {"Hebrew": "מנכפצ", "Greek": "σ"}
"""Letters that have another form at the end."""

WHOLE: Mapping[str, str] = {
    "Russian": "оеаинтсрлвкмдпуяыьгзбчйхжшюцщэфъё",
    "Ukrainian": "оаниівтрекслдмпуязьгбчйхжшюцєщїфґ",
    "Bulgarian": "аеоинтрсвлдкпмзяъугбчщжцйхфшюь",
    "Greek": "ατοιεσνηςρπκυμλωόίάγήδέθχύφβώξζϊψϋΐΰ",
    "Hebrew": "יולהתמאשרבנםקדחעפטצכגסזןךףץ",
    "Arabic": "اليمنرتبةعسدفهكوحقجأشصطخضذزغثءئؤىإآظ",
    "Persian": "اینردهتمبوسشکگفقعحخزپجلطصچضژغآءذثئ",
    "Thai": "านรอกเงมยลวดทส่ต้ะปบคหแจพชขใัิีึืุูไผโฟศซณธษถภญฐฎฉฏฑฒฌๆ์็ำๅฯฝฮ",
}
"""Languages whose letters are all beyond ASCII."""
