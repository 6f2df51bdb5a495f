"""Files that are not UTF: Western text stays Windows-1252, other text is read in its own encoding with a warning of both readings."""

from __future__ import annotations

import pytest

from prisma_tool.formats.registry import read

_TITLES = {
    "gb18030": "老年患者运动疗法的临床研究进展",
    "big5": "老年病患運動治療之臨床研究",
    "euc_jp": "高齢患者における運動療法の有用性について",
    "shift_jis": "高齢患者における運動療法の有用性について",
    "euc_kr": "노인 환자의 운동 치료에 대한 임상 연구",
    "cp1251": "Влияние физических упражнений на пожилых пациентов",
    "koi8_r": "Влияние физических упражнений на пожилых пациентов",
    "cp1253": "Η επίδραση της άσκησης στους ηλικιωμένους ασθενείς",
    "cp1256": "تأثير التمارين الرياضية على المرضى المسنين",
    "mac_roman": "Évaluation de l’activité chez les personnes âgées à l’hôpital",
}
_WESTERN = (
    "Évaluation de l’activité chez les personnes âgées",
    "Über die Wirkung von Übungen bei Älteren – eine Studie",
    "Avaliação da prescrição de exercício em idosos",
    "Treningens effekt på eldre: en undersøkelse i Ålesund",
    "Gowns at 37 °C ± 2 µm in Zürich",
)


def _file(title: str, encoding: str) -> bytes:
    return f"TY  - JOUR\nTI  - {title}\nPY  - 2019\nER  - \n".encode(encoding)


@pytest.mark.parametrize(("encoding", "title"), _TITLES.items())
def test_text_in_another_encoding_is_read_in_it_with_a_warning(encoding: str, title: str) -> None:
    parsed = read(_file(title, encoding))

    assert parsed.entries[0].citation.title == title
    assert encoding in parsed.warnings[0]
    assert "Windows-1252" in parsed.warnings[0]


@pytest.mark.parametrize("title", _WESTERN)
def test_western_text_is_windows_1252_without_a_warning(title: str) -> None:
    parsed = read(_file(title, "cp1252"))

    assert (parsed.entries[0].citation.title, parsed.encoding, parsed.warnings) == (title, "cp1252", ())
