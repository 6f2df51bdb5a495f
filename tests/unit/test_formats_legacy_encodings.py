"""Files that are not UTF: read right or asked about, never read wrong without a word; a person's word decides."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest

from prisma_tool.errors import EncodingInDoubt, FormatError, UsageError
from prisma_tool.formats.registry import read
from prisma_tool.formats.text.encodings.given_encoding import as_utf8, known_encoding
from prisma_tool.formats.text.encodings.legacy_encodings import _high_lines, legacy_choice

# Of each language: authors, then titles. All are invented.
_ENTRIES = {
    "Chinese": (
        "王建国 刘晓梅 陈伟",
        "慢性阻塞性肺疾病患者的肺康复疗效",
        "孕期贫血与早产的相关性研究",
        "社区高血压管理的效果评价",
    ),
    "Traditional Chinese": (
        "林淑芬 黃志明",
        "慢性阻塞性肺病患者之肺部復健成效",
        "孕期貧血與早產之相關性",
        "社區高血壓管理成效評估",
    ),
    "Japanese": (
        "渡辺健一 小林美咲",
        "慢性閉塞性肺疾患における呼吸リハビリテーションの効果",
        "妊娠中の貧血と早産との関連",
        "地域における高血圧管理",
    ),
    "Korean": (
        "이영희 박민수",
        "만성 폐쇄성 폐질환 환자의 호흡 재활 효과",
        "임신 중 빈혈과 조산의 관련성",
        "지역사회 고혈압 관리의 평가",
    ),
    "Russian": (
        "Соколова, Мария Кузнецов, Олег",
        "Лёгочная реабилитация при хронической обструктивной болезни",
        "Анемия у беременных",
        "Контроль гипертонии",
    ),
    "Greek": (
        "Παπαδόπουλος, Γιώργος Νικολάου, Ελένη",
        "Πνευμονική αποκατάσταση στη χρόνια νόσο",
        "Αναιμία στην κύηση",
        "Έλεγχος της υπέρτασης",
    ),
    "Hebrew": ("כהן, משה לוי, רחל", "שיקום ריאתי במחלת ריאות כרונית", "אנמיה בהריון ולידה מוקדמת", "ניהול יתר לחץ דם בקהילה"),
    "Arabic": (
        "الخطيب, محمد حداد, ليلى",
        "إعادة التأهيل الرئوي لمرضى الانسداد المزمن",
        "فقر الدم أثناء الحمل",
        "ضبط ارتفاع ضغط الدم",
    ),
    "Thai": ("สมชาย ใจดี วิภา ศรีสุข", "การฟื้นฟูสมรรถภาพปอดในผู้ป่วยโรคปอดอุดกั้นเรื้อรัง", "ภาวะโลหิตจางในหญิงตั้งครรภ์", "การควบคุมความดันโลหิตสูง"),
    "Turkish": (
        "Yılmaz, Ayşe Öztürk, Çağlar",
        "Kronik akciğer hastalığında solunum rehabilitasyonu",
        "Gebelikte kansızlık ve erken doğum",
        "Toplumda yüksek tansiyon",
    ),
    "Polish": (
        "Wójcik, Małgorzata Dąbrowski, Łukasz",
        "Rehabilitacja oddechowa w przewlekłej chorobie płuc",
        "Niedokrwistość w ciąży",
        "Leczenie nadciśnienia",
    ),
    "Czech": (
        "Dvořák, Jiří Němcová, Zdeňka",
        "Plicní rehabilitace u chronické obstrukční nemoci",
        "Chudokrevnost v těhotenství",
        "Léčba vysokého tlaku",
    ),
    "Hungarian": (
        "Szűcs, Erzsébet Kőszegi, Gábor",
        "A légzésrehabilitáció hatása idült tüdőbetegségben",
        "Vérszegénység terhesség idején",
        "A magas vérnyomás gondozása a közösségben: szűrővizsgálat",
    ),
    "French": (
        "Lefèvre, Hélène Gérard, François",
        "Réadaptation respiratoire et bronchopneumopathie chronique",
        "Anémie au cours de la grossesse",
        "Prise en charge de l’hypertension : étude rétrospective",
    ),
    "French with œ": (
        "Lefèvre, Hélène Gérard, François",
        "Réadaptation après chirurgie du cœur et de l'œsophage",
        "Anémie au cours de la grossesse",
        "Sœurs et frères : étude rétrospective",
    ),
    "German": (
        "Müller, Jürgen Schäfer, Käthe",
        "Pneumologische Rehabilitation bei chronischer Lungenerkrankung älterer Menschen",
        "Blutarmut während der Schwangerschaft und Frühgeburt",
        "Bluthochdruck: Größe und Maß",
    ),
    "Spanish": (
        "Muñoz, José García, María",
        "Rehabilitación pulmonar en la enfermedad crónica",
        "Anemia en el embarazo y parto pretérmino",
        "Control de la hipertensión",
    ),
    "Portuguese": (
        "Gonçalves, João Araújo, Conceição",
        "Reabilitação pulmonar na doença crônica",
        "Anemia na gestação e nascimentos prematuros",
        "Controle da hipertensão",
    ),
    "Danish": (
        "Sørensen, Bjørn Nygård, Åse",
        "Rehabilitering af kronisk syge med vejrtrækningsbesvær",
        "Blodmangel hos gravide og for tidlig fødsel",
        "Forhøjet blodtryk",
    ),
    "Swedish": (
        "Sjöberg, Åsa Lindström, Håkan",
        "Rehabilitering vid kronisk lungsjukdom hos äldre",
        "Blodbrist under graviditet och för tidig födsel",
        "Högt blodtryck",
    ),
}

_RIGHT = ("right", "right", "right")
_ASKED_OF_ONE = ("asked", "right", "right")
# What becomes of a file of 1, of 3 and of 30 entries; "asked" where the words alone do not decide.
_CASES = {
    ("gb18030", "Chinese"): _RIGHT,
    ("big5", "Traditional Chinese"): _RIGHT,
    ("euc_jp", "Japanese"): _RIGHT,
    ("shift_jis", "Japanese"): _RIGHT,
    ("euc_kr", "Korean"): _RIGHT,
    ("cp1251", "Russian"): _RIGHT,
    ("koi8_r", "Russian"): _RIGHT,
    ("cp1253", "Greek"): _RIGHT,
    ("cp1254", "Turkish"): _RIGHT,
    ("cp1255", "Hebrew"): _RIGHT,
    ("cp1256", "Arabic"): _RIGHT,
    ("cp874", "Thai"): _RIGHT,
    ("cp1250", "Polish"): _ASKED_OF_ONE,
    ("cp1250", "Czech"): _RIGHT,
    ("cp1250", "Hungarian"): _ASKED_OF_ONE,
    ("iso8859_2", "Polish"): _ASKED_OF_ONE,
    ("iso8859_2", "Czech"): _RIGHT,
    ("iso8859_2", "Hungarian"): _ASKED_OF_ONE,
    ("iso8859_15", "French with œ"): _RIGHT,
    ("mac_roman", "French"): _RIGHT,
    ("mac_roman", "German"): _RIGHT,
    ("mac_roman", "Spanish"): _RIGHT,
    ("cp1252", "French"): _RIGHT,
    ("cp1252", "German"): _RIGHT,
    ("cp1252", "Spanish"): _RIGHT,
    ("cp1252", "Portuguese"): _RIGHT,
    ("cp1252", "Danish"): _RIGHT,
    ("cp1252", "Swedish"): _RIGHT,
}
_SIZES = (1, 3, 30)

Entries = list[tuple[str, str]]


def _entries(language: str, count: int) -> Entries:
    """Titles and authors; from the fourth on the same titles with a number."""
    authors, *titles = _ENTRIES[language]
    return [(f"{titles[n % 3]} {n}" if n > 2 else titles[n], authors) for n in range(count)]


def _ris(entries: Entries) -> str:
    return "".join(f"TY  - JOUR\nTI  - {title}\nAU  - {authors}\nPY  - 2019\nER  - \n\n" for title, authors in entries)


def _enw(entries: Entries) -> str:
    return "".join(f"%0 Journal Article\n%T {title}\n%A {authors}\n%D 2019\n\n" for title, authors in entries)


def _csv(entries: Entries) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([("Title", "Authors", "Year"), *((title, authors, "2019") for title, authors in entries)])
    return text.getvalue()


def _outcome(data: bytes, entries: Entries, encoding: str) -> str:
    try:
        parsed = read(data)
    except EncodingInDoubt as doubt:
        offered = [data.decode(name, "replace") for name, _ in doubt.readings]
        return "asked" if data.decode(encoding) in offered else "asked without the right one"
    return "right" if [entry.citation.title for entry in parsed.entries] == [title for title, _ in entries] else "wrong"


@pytest.mark.parametrize("write", [_ris, _csv, _enw])
@pytest.mark.parametrize(("encoding", "language"), _CASES)
def test_short_files_in_legacy_encodings_are_read_right_or_asked_about(
    encoding: str, language: str, write: Callable[[Entries], str]
) -> None:
    outcomes = []
    for size in _SIZES:
        entries = _entries(language, size)
        outcomes.append(_outcome(write(entries).encode(encoding), entries, encoding))

    assert tuple(outcomes) == _CASES[encoding, language]


def test_another_encoding_than_the_usual_comes_with_a_warning_of_both_readings() -> None:
    (warning,) = read(_ris(_entries("Russian", 1)).encode("cp1251")).warnings

    assert "cp1251" in warning
    assert "Лёгочная" in warning
    assert "Windows-1252 (“Ë¸ãî÷íàÿ" in warning


@pytest.mark.parametrize(
    "title",
    [
        "Évaluation de l’activité chez les personnes âgées",
        "Gowns at 37 °C ± 2 µm in Zürich",
        "Treningens effekt på eldre: en undersøkelse i Ålesund",
        "Meta–analysis of the Guillain–Barré syndrome",
        "The Jørgensen scale",
        "Treatment-naïve patients, vis-à-vis others",
        "Masks © 2011 … in rooms of 34 × 48 m",
        "The Novotný score",
    ],
)
def test_western_text_is_windows_1252_without_a_warning(title: str) -> None:
    parsed = read(_ris([(title, "Doe, Jane")]).encode("cp1252"))

    assert (parsed.entries[0].citation.title, parsed.encoding, parsed.warnings) == (title, "cp1252", ())


@pytest.mark.parametrize(
    ("title", "encoding"),
    [("Kőszeg", "cp1250"), ("Kõlves", "cp1252"), ("Jiři", "cp1250"), ("niños", "mac_roman"), ("Doğan", "cp1254")],
)
def test_one_word_that_two_languages_could_have_is_asked_about(title: str, encoding: str) -> None:
    entries = [(f"{title} and others", "Doe, Jane")]

    assert _outcome(_ris(entries).encode(encoding), entries, encoding) == "asked"


@pytest.mark.parametrize(
    ("encoding", "titles"),
    [
        (
            "cp1255",
            ["כאב", "שבץ", "אשפוז", "דיכאון", "חיסון", "הרפואה", "מחקר מבוקר אקראי", "איכות חיים", "כהן, דוד", "פרידמן, יעל"],
        ),
        ("cp1251", ["Обзор", "Инсульт", "Сердце", "Депрессия", "Качество жизни", "Иванов, П.", "Петрова, А. В.", "Кардиология"]),
        ("cp1253", ["Πόνος", "Ανασκόπηση", "Θεραπεία", "Παπαδόπουλος, Γ."]),
        ("cp1256", ["ألم", "مراجعة منهجية", "محمد, أحمد"]),
    ],
)
def test_a_script_without_capitals_is_proposed_before_one_that_would_have_them(encoding: str, titles: list[str]) -> None:
    for title in titles:
        assert legacy_choice(f"TI  - {title}\n".encode(encoding), 0).encoding == encoding


def test_lines_of_keywords_without_capitals_do_not_outweigh_titles_with_them() -> None:
    text = "TI  - Лечение боли\nKW  - боль\nKW  - инсульт\nKW  - сердце\n"

    assert legacy_choice(text.encode("cp1251"), 0).encoding == "cp1251"


def test_a_doubtful_file_is_refused_with_the_lines_in_which_its_readings_differ() -> None:
    entries = [("A long title in plain letters", "Doe, Jane"), ("Szczepienia przeciw grypie w Łodzi", "Doe, Jane")]

    with pytest.raises(EncodingInDoubt, match="--encoding cp1250 or --encoding cp1252") as doubt:
        read(_ris(entries).encode("cp1250"))

    assert doubt.value.readings[:2] == (
        ("cp1250", ("Szczepienia przeciw grypie w Łodzi",)),
        ("cp1252", ("Szczepienia przeciw grypie w £odzi",)),
    )


def test_a_doubtful_file_in_a_named_encoding_is_read_in_it() -> None:
    data = _ris([("Szczepienia przeciw grypie w Łodzi", "Doe, Jane")]).encode("cp1250")

    assert read(as_utf8(data, known_encoding("windows-1250"))).entries[0].citation.title.endswith("Łodzi")


def test_bytes_that_mean_nothing_in_the_named_encoding_are_refused_with_their_place() -> None:
    data = "TY  - JOUR\r\nTI  - Ä".encode("cp1252") + b"\x98\r\nER  - \r\n"

    with pytest.raises(FormatError, match=r"the byte 98 at offset 19 \(line 2\) means nothing there"):
        as_utf8(data, known_encoding("cp1251"))


def test_utf_16_without_its_mark_is_asked_for_with_its_order() -> None:
    data = "TY  - JOUR\nTI  - Zellen\nER  - \n".encode("utf-16-le")
    with pytest.raises(FormatError, match="Name utf-16-le or utf-16-be"):
        as_utf8(data, known_encoding("utf-16"))
    assert read(as_utf8(data, known_encoding("utf-16-le"))).entries[0].citation.title == "Zellen"


def test_what_is_no_encoding_of_text_is_not_suggested() -> None:
    with pytest.raises(UsageError, match=r"'rot13' is not an encoding\. Common are"):
        known_encoding("rot13")


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("cp1521", "cp1251"),
        ("latin-11", "latin"),
        ("shiftjs", "shift"),
        ("zzz", "Common are"),
        ("hex", "is not an encoding"),
        ("idna", "is not an encoding"),
    ],
)
def test_an_unknown_encoding_is_a_usage_error_with_suggestions(name: str, suggestion: str) -> None:
    with pytest.raises(UsageError, match=suggestion):
        known_encoding(name)


def test_the_named_encoding_outweighs_what_xml_says_of_itself() -> None:
    data = '<?xml version="1.0" encoding="utf-8"?>\n<records><rec>Müller</rec></records>'.encode("cp1252")

    assert as_utf8(data, "cp1252").decode() == '<?xml version="1.0"?>\n<records><rec>Müller</rec></records>'


def test_a_workbook_takes_no_encoding() -> None:
    with pytest.raises(FormatError, match="Leave --encoding out"):
        as_utf8(b"PK\x03\x04...", "cp1252")


@pytest.mark.parametrize("newline", [b"\n", b"\r", b"\r\n"])
def test_only_the_lines_with_letters_beyond_ascii_show_an_encoding_each_once(newline: bytes) -> None:
    rows = [b"plain", b"TI  - M\xfcller", b"", b"plain", b"\xe9t\xe9 \xe9", b"%A J\xf8rgen"]

    assert list(_high_lines(newline.join(rows))) == [rows[1], rows[4], rows[5]]


def test_a_long_file_on_one_line_is_read_at_once() -> None:
    # Where each place of the line is tried as its beginning, this takes some minutes.
    record = "<record><titles><title>Gowns {}</title></titles></record>"
    last = "<record><titles><title>Étude à l’hôpital des enfants âgés</title></titles></record>"
    data = f"<xml><records>{''.join(record.format(n) for n in range(1_500))}\n{last}</records></xml>".encode("cp1252")

    assert read(data).entries[-1].citation.title == "Étude à l’hôpital des enfants âgés"
