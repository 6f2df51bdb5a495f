"""How likely characters of East Asia are in Chinese, Japanese and Korean titles.

The national standards stand in the order of use: their first level holds the characters that texts are made of, so a text read in the
wrong encoding has characters of the second level, or none of the common ones here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from math import log


@dataclass(frozen=True, slots=True)
class HanScript:
    """Characters common in titles, and the codec that orders the others: the last lead byte of its first level, and that level's size."""

    common: str
    codec: str
    last_lead: int
    size: int


HAN: Mapping[str, HanScript] = {
    "Chinese": HanScript(
        (
            "的研究临床治疗效果分析患者疗法影响作用观察应用进展中国老年人及与和对在性病症后术学医院方护理评价糖尿血压高脑心肝肾肺癌肿瘤手感染"
            "药物不同系统实验调查因素相关联合综述机制质量生活运动康复针灸穴位汤证型诊断检测表达水平细胞基因蛋白大小鼠儿童妇女产前冠状动脉急慢支"
            "气管胃肠骨折关节痛例析探讨预防控制干预健康教育模式安全现状新发展教授王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗杂志科学年第期报"
        ),
        "gb2312",
        0xD7,
        3755,
    ),
    "Chinese in traditional characters": HanScript(
        (
            "的研究臨床治療效果分析患者療法影響作用觀察應用進展中國老年人及與和對在性病症後術學醫院方護理評價糖尿血壓高腦心肝腎肺癌腫瘤手感染"
            "藥物不同系統實驗調查因素相關聯合綜述機制質量生活運動復健針灸穴位湯證型診斷檢測表達水平細胞基因蛋白大小鼠兒童婦女產前冠狀動脈急慢支"
            "氣管胃腸骨折關節痛例析探討預防控制介入健康教育模式安全現況新發展之以為台灣照顧民眾王李張劉陳楊黃趙周吳徐孫林高雜誌科學年第期報"
        ),
        "big5",
        0xC6,
        5401,
    ),
    "Japanese": HanScript(
        (
            "研究臨床治療効果検討患者療法影響作用観察応用日本高齢者及対性病症後術学医院方看護評価糖尿血圧高脳心肝腎肺癌腫瘍手感染薬物不同系統"
            "実験調査因関連併用文献機序質生活運動訓練法診断検査発現水準細胞遺伝子蛋白大小児童婦女産前冠動脈急慢性気管胃腸骨折関節痛例報告予防"
            "介入健康教育安全現状新開発有用比較無作為化試験一症例の症教授田中山本佐藤鈴木高橋伊渡辺井村林誌年第号"
        ),
        "euc_jp",
        0xCF,
        2965,
    ),
}

_HANGUL = (
    "의에대한연구및환자치료효과임상분석영향의과가이는을를로에서와다지사성고기정제도인자상수동시비교관련요운보병원간호학생노아소당뇨혈압고심뇌신장폐암"
    "중재프그램적용리증후군성증례검토평가조요인건강교육모형개발약물수술통활삶질김박최정강윤임국내청년여만급방법실험조군무작위일개월"
)
"""Common syllables in Korean titles."""

_KANA = "のにるをとはしてたいがなれでさかもりらっあこうくすまきちつそけせめよどんえおみやわほひねむゆへふびべ"
"""Syllables of Japanese grammar and words, without katakana."""

EAST_ASIAN = "\u3041-\u30fe\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f"
"""Ranges of a character class."""
_RUN = re.compile(rf"[{EAST_ASIAN}]+")
_BESIDE_LATIN = re.compile(rf"(?<=[A-Za-z])[{EAST_ASIAN}]|[{EAST_ASIAN}](?=[A-Za-z])")
_MIXED = log(0.05)
_COMMON, _FIRST_LEVEL, _RARE, _STRANGE = 0.5, 0.4, log(5e-6), log(5e-7)
_KANJI, _HIRAGANA, _KATAKANA = 0.5, 0.4, 0.1
_COMMON_SYLLABLES, _OTHER_SYLLABLES = 0.75, 0.2
_HAN_BEGIN, _HAN_END, _SYLLABLES = "\u3400", "\u9fff", ("\uac00", "\ud7a3")
_ALL_KATAKANA = "".join(map(chr, range(0x30A1, 0x30FF)))
_SYLLABLES_OF_STANDARD = 2350


def ideographs_likelihood(text: str) -> float:
    """The logarithm of how likely the East Asian characters of a text are, in the language that explains them best."""
    characters = "".join(_RUN.findall(text))
    if not characters:
        return 0.0
    judges: list[Callable[[str], float]] = [_korean, *(_judge_of(language) for language in HAN)]
    best = max(sum(map(judge, characters)) for judge in judges)
    return best + len(_BESIDE_LATIN.findall(text)) * _MIXED


def _shared(characters: str, share: float) -> dict[str, float]:
    return dict.fromkeys(characters, log(share / len(set(characters))))


@cache
def _judge_of(language: str) -> Callable[[str], float]:
    script = HAN[language]
    known = _shared(script.common, _COMMON)
    if language == "Japanese":
        known = _shared(script.common, _COMMON * _KANJI) | _shared(_KANA, _HIRAGANA) | _shared(_ALL_KATAKANA, _KATAKANA)

    @lru_cache(maxsize=20_000)
    def judge(character: str) -> float:
        if character in known:
            return known[character]
        try:
            lead = character.encode(script.codec)[0]
        except UnicodeEncodeError:
            return _STRANGE
        in_first = _HAN_BEGIN <= character <= _HAN_END and lead <= script.last_lead
        return log(_FIRST_LEVEL / script.size) if in_first else _RARE

    return judge


@lru_cache(maxsize=20_000)
def _korean(character: str) -> float:
    if character in _HANGUL:
        return log(_COMMON_SYLLABLES / len(set(_HANGUL)))
    try:
        character.encode("euc_kr")
    except UnicodeEncodeError:
        return _STRANGE
    return log(_OTHER_SYLLABLES / _SYLLABLES_OF_STANDARD) if _SYLLABLES[0] <= character <= _SYLLABLES[1] else _STRANGE
