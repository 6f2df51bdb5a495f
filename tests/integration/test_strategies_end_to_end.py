"""Strategies in the shapes of supplements, from the paste to the records: nothing is lost in silence, and nothing sound is stopped."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from urllib.parse import quote_plus

import pytest
import requests
from articles import Articles
from hypothesis import given
from hypothesis import strategies as st
from query import search
from serve import demo_articles, pubmed_demo

from prisma_tool.identify.strategy.guard.pubmed_checks import examine
from prisma_tool.identify.strategy.numbered_lines import StrategyFault, expansions
from prisma_tool.identify.strategy.pasted.reader import read_strategy
from prisma_tool.identify.strategy.tree.parse import parse
from prisma_tool.identify.strategy.tree.shape import shape_of
from prisma_tool.sources.pubmed import PubMed
from prisma_tool.sources.transport import Throttle, Transport

TODAY = date(2025, 11, 1)
A = '"Leukemia, Myeloid, Acute"[Mesh] OR "acute myeloid leukemia"[ti]'
B = 'CD33[tiab] OR CD123[tiab] OR "CLL-1"[tiab]'
C = "groups[tiab] OR toxicity[tiab] OR surviv*[tiab]"
TERMS = tuple(part for line in (A, B, C) for part in line.split(" OR "))
SOUND = f"({A}) AND ({B}) AND ({C})"
LIMITED = f"({SOUND}) AND english[la] AND humans[mh]"


@pytest.fixture(scope="module")
def corpus() -> Articles:
    return Articles(demo_articles())


def stops(text: str) -> list[str]:
    """The sentences for which a pasted strategy is not searched."""
    try:
        strategy = read_strategy(text)
        expansions(strategy)
    except StrategyFault as fault:
        return [str(fault)]
    return [problem.message for problem in examine(strategy) if problem.stops]


def query_of(text: str) -> str:
    """The query that a pasted strategy would send."""
    strategy = read_strategy(text)
    return expansions(strategy)[strategy.last.number]


def pmids(corpus: Articles, query: str) -> frozenset[int]:
    return search(corpus, query, TODAY).pmids


def csv_cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


NUMBERED = {
    "hash and colon": f"#1: {A}\n#2: {B}\n#3: {C}\n#4: #1 AND #2 AND #3",
    "hash and bracket": f"#1) {A}\n#2) {B}\n#3) {C}\n#4) #1 AND #2 AND #3",
    "hash and blank": f"# 1 {A}\n# 2 {B}\n# 3 {C}\n# 4 #1 AND #2 AND #3",
    "points, and joined by hand": f"1. {A}\n2. {B}\n3. {C}\n4. #1 and #2\n5. #3 and #4",
    "sets with brackets": f"S1 ({A})\nS2 ({B})\nS3 ({C})\nS4 S1 AND S2 AND S3",
    "sets of another platform": f"L1: {A}\nL2: {B}\nL3: {C}\nL4: L1 AND L2 AND L3",
    "steps in words": f"Step 1: {A}\nStep 2: {B}\nStep 3: {C}\nStep 4: Step 1 AND Step 2 AND Step 3",
    "concepts": f"Concept 1 - {A}\nConcept 2 - {B}\nConcept 3 - {C}\nConcept 4 - #1 AND #2 AND #3",
    "searches": f"Search 1: {A}\nSearch 2: {B}\nSearch 3: {C}\nSearch 4: Search 1 AND Search 2 AND Search 3",
    "square brackets": f"[1] {A}\n[2] {B}\n[3] {C}\n[4] 1 AND 2 AND 3",
    "letters with points": f"A. {A}\nB. {B}\nC. {C}\nD. A AND B AND C",
    "range joined by and": f"1 {A}\n2 {B}\n3 {C}\n4 and/1-3",
    "German": f"Zeile 1: {A}\nZeile 2: {B}\nZeile 3: {C}\nZeile 4: Zeile 1 AND Zeile 2 AND Zeile 3",
    "French": f"Ligne 1 : {A}\nLigne 2 : {B}\nLigne 3 : {C}\nLigne 4 : Ligne 1 AND Ligne 2 AND Ligne 3",
    "Spanish": f"Búsqueda 1: {A}\nBúsqueda 2: {B}\nBúsqueda 3: {C}\nBúsqueda 4: #1 AND #2 AND #3",
    "with the sign for numbers": f"№1 {A}\n№2 {B}\n№3 {C}\n№4 №1 AND №2 AND №3",
    "groups": f"Group 1: {A}\nGroup 2: {B}\nGroup 3: {C}\nGroup 4: Group 1 AND Group 2 AND Group 3",
    "range behind": f"#1 {A}\n#2 {B}\n#3 {C}\n#4 1-3/and",
    "newest above": f"#4 Search #1 AND #2 AND #3\n#3 Search {C}\n#2 Search {B}\n#1 Search {A}",
    "newest above, with points": f"4. 1 AND 2 AND 3\n3. {C}\n2. {B}\n1. {A}",
    "gaps in the numbers": f"#1 {A}\n#3 {B}\n#7 {C}\n#9 #1 AND #3 AND #7",
    "rows that go on": f"1. {A.replace(' OR ', chr(10) + 'OR ')}\n2. {B.replace(' OR ', ' OR' + chr(10))}\n3. {C}\n4. 1 AND 2 AND 3",
    "each term on a line of its own": "\n".join(f"#{n} {term}" for n, term in enumerate(TERMS, 1))
    + "\n#9 #1 OR #2\n#10 #3 OR #4 OR #5\n#11 #6 OR #7 OR #8\n#12 #9 AND #10 AND #11",
    "each term on a line of its own, ranges": "\n".join(f"{n}. {term}" for n, term in enumerate(TERMS, 1))
    + "\n9. or/1-2\n10. or/3-5\n11. or/6-8\n12. 9 and 10 and 11",
}
COUNTED = {
    "arrow": f"#1 {A} → 386\n#2 {B} → 87\n#3 {C} → 1,203\n#4 #1 AND #2 AND #3 → 38",
    "in brackets, with a word": f"1. {A} (386 hits)\n2. {B} (87 hits)\n3. {C} (1203 hits)\n4. 1 AND 2 AND 3 (38 hits)",
    "records": f"#1 {A} 386 records\n#2 {B} 87 records\n#3 {C} 1 203 records\n#4 #1 AND #2 AND #3 38 records",
    "n with a dash": f"#1 {A} - n=386\n#2 {B} - n=87\n#3 {C} - n=1203\n#4 #1 AND #2 AND #3 - n=38",
    "before, with a tab": f"386\t#1\t{A}\n87\t#2\t{B}\n1203\t#3\t{C}\n38\t#4\t#1 AND #2 AND #3",
    "points as separators": f"#1 {A} 12.386\n#2 {B} 1.087\n#3 {C} 1.203.117\n#4 #1 AND #2 AND #3 38",
    "bars": f"1 | {A} | 386\n2 | {B} | 87\n3 | {C} | 1203\n4 | #1 AND #2 AND #3 | 38",
    "a table with other headings": f"No.\tSearch terms\tNumber of results\n1\t{A}\t386\n2\t{B}\t87\n3\t{C}\t1203\n4\t1 AND 2 AND 3\t38",
    "a table of an article": f"| Set | Search strategy | Hits |\n|:--|:--|--:|\n| S1 | {A} | 386 |\n| S2 | {B} | 87 |\n| S3 | {C} | 1203 |\n| S4 | S1 AND S2 AND S3 | 38 |",
    "history of PubMed": "Search number,Query,Sort By,Filters,Search Details,Results,Time\n"
    + "".join(
        f"{n},{csv_cell(line)},Most Recent,,{csv_cell('(x)[All Fields]')},{hits},10:0{n}:00\n"
        for n, line, hits in ((4, "((#1) AND (#2)) AND (#3)", 38), (3, C, '"1,203"'), (2, B, 87), (1, A, 386))
    ),
    "German": f"#1 {A} (386 Treffer)\n#2 {B} (87 Treffer)\n#3 {C} (1.203 Treffer)\n#4 #1 AND #2 AND #3 (38 Treffer)",
    "French": f"#1 {A} 386 résultats\n#2 {B} 87 résultats\n#3 {C} 1 203 résultats\n#4 #1 AND #2 AND #3 38 résultats",
    "a German table": f"Nr.\tSuchbegriffe\tTreffer\n1\t{A}\t386\n2\t{B}\t87\n3\t{C}\t1203\n4\t1 AND 2 AND 3\t38",
    "total below": f"#1 {A} 386\n#2 {B} 87\n#3 {C} 1203\n#4 #1 AND #2 AND #3 38\nTotal: 38",
    "newest above, sets, counts": f"S4 S1 AND S2 AND S3 (38)\nS3 {C} (1,203)\nS2 {B} (87)\nS1 {A} (386)",
}
DISGUISED = {
    "curly": SOUND.translate({ord('"'): "”"}),
    "low and high quotes": SOUND.replace('"Leukemia, Myeloid, Acute"', "„Leukemia, Myeloid, Acute“"),
    "angle quotes": SOUND.replace('"CLL-1"', "«CLL-1»"),
    "full width": SOUND.replace("(", "（").replace(")", "）").replace("[", "［").replace("]", "］"),
    "invisible": SOUND.replace("[", "\u200b[").replace(" AND ", "\u00a0AND\u00a0") + "\ufeff",
    "soft hyphens": SOUND.replace("leukemia", "leu\u00adkemia"),
    "long hyphens": SOUND.replace("CLL-1", "CLL\u20111"),
    "entities": SOUND.replace('"', "&quot;"),
    "signs": SOUND.replace(" AND ", " && ").replace(" OR ", " || "),
    "one term a row": SOUND.replace(" OR ", "\nOR\n").replace(" AND ", "\nAND\n"),
    "AND in small letters": SOUND.replace(" AND ", " and "),
    "a note above": f"// PubMed, 3 March 2025\n{SOUND}",
    "its name above": f"Search: {SOUND}",
    "long tags": SOUND.replace("[tiab]", "[Title/Abstract]").replace("[ti]", "[Title]").replace("[Mesh]", "[MeSH Terms]"),
    "blanks before tags": SOUND.replace("[", " ["),
    "order of the page": f"{SOUND} Sort by: Most Recent",
    "address": f"https://pubmed.ncbi.nlm.nih.gov/?term={quote_plus(SOUND)}&sort=date",
    "numbered below headings": f"MEDLINE via PubMed\n\nPopulation:\n#1 {A}\nIntervention:\n#2 {B}\nOutcomes:\n#3 {C}\nCombined:\n#4 #1 AND #2 AND #3",
    "numbered, of full width, counted": f"＃1 {A} （386）\n＃2 {B} （87）\n＃3 {C} （1203）\n＃4 ＃1 AND ＃2 AND ＃3 （38）",
    "numbered, invisible, newest above": f"\ufeff3) 1 AND 2\u200b\n2) ({B}) AND ({C})\u00a0\n1) {A}",
    "quoted in a mail": "\n".join(f"> {row}" for row in (f"#1 {A}", f"#2 {B}", f"#3 {C}", "#4 #1 AND #2 AND #3")),
    "escaped for Markdown": SOUND.replace("[", "\\[").replace("]", "\\]").replace("*", "\\*"),
    "escaped in JSON": SOUND.replace('"', '\\"'),
    "tags parted by a page of print": SOUND.replace("CD123[tiab]", "CD123[ti\nab]").replace("[Mesh]", "[Me-\nsh]"),
    "long tags parted by a page of print": SOUND.replace("[ti]", "[Title]").replace("[tiab]", "[Title/\nAbstract]", 1),
    "the database above": f"MEDLINE (via PubMed)\n{SOUND}",
    "the database before it": f"PubMed: {SOUND}",
    "search details": f"Search Details: {SOUND}",
    "when it was searched, above": f"Database: PubMed\nDate searched: 3 March 2025\n{SOUND}",
    "a French heading": f"Équation de recherche : {SOUND}",
    "a Chinese heading": f"检索式:{SOUND}",
    "windows line ends": f"1. {A}\r\n2. {B}\r\n3. {C}\r\n4. 1 AND 2 AND 3\r\n",
}
FILTERED = {
    "filters below": f"#1 {A}\n#2 {B}\n#3 {C}\n#4 #1 AND #2 AND #3\n#5 Filters: Humans, English",
    "filters applied": f"{SOUND}\nFilters applied: English, Humans.",
    "limits below, counted": f"1. {A} 386\n2. {B} 87\n3. {C} 1203\n4. 1 AND 2 AND 3 38\n5. limit 4 to (english language and humans) 22",
    "two limits": f"1. {A}\n2. {B}\n3. {C}\n4. 1 AND 2 AND 3\n5. limit 4 to humans\n6. limit 5 to english language",
    "filters in the last line": f"#1 {A}\n#2 {B}\n#3 {C}\n#4 #1 AND #2 AND #3 Filters: English, Humans",
    "filters in a column": f'Search number,Query,Filters,Results\n1,{csv_cell(A)},,386\n2,{csv_cell(B)},,87\n3,{csv_cell(C)},,1203\n4,#1 AND #2 AND #3,"Humans, English",22',
    "address with filters": f"https://pubmed.ncbi.nlm.nih.gov/?term={quote_plus(SOUND)}&filter=hum_ani.humans&filter=lang.english",
    "filters in brackets": f"{SOUND} (Filters: English, Humans)",
    "set limited": f"S1 {A}\nS2 {B}\nS3 {C}\nS4 S1 AND S2 AND S3\nS5 limit S4 to English and Humans",
}
UNDERSTOOD = {
    **{f"numbers: {name}": (text, SOUND) for name, text in NUMBERED.items()},
    **{f"hits: {name}": (text, SOUND) for name, text in COUNTED.items()},
    **{f"disguised: {name}": (text, SOUND) for name, text in DISGUISED.items()},
    **{f"filters: {name}": (text, LIMITED) for name, text in FILTERED.items()},
}
UNCLEAR = {
    "no last line": f"#1 {A}\n#2 {B}\n#3 {C}",
    "a line that is not there": f"#1 {A}\n#2 {B}\n#3 #1 AND #2 AND #4",
    "an operator forgotten in a list": f"({A} leukaemia[tiab]) AND ({B}) AND ({C})",
    "an operator forgotten between rows": f"({A})\n({B})\n({C})",
    "a bracket forgotten": f"({A} AND ({B}) AND ({C})",
    "a quote forgotten": SOUND.replace('"CLL-1"', '"CLL-1'),
    "an unknown filter": f"{SOUND}\nFilters: Core clinical wonders",
    "another platform's fields": "(leukemia.ti,ab. or exp Leukemia/) and toxicity.mp.",
    "another platform's proximity": f"({A}) AND (CD33 adj3 toxicity)",
    "OR in small letters": SOUND.replace(" OR ", " or "),
    "NOT in small letters": f"({SOUND}) not (animals[mh] NOT humans[mh])",
    "a number in the middle": f"({A}) AND 386 AND ({B}) AND ({C})",
    "numbers joined that are not there": f"1. {A}\n2. {B}\n3. 1 AND 2 AND 5",
    "a sign between terms": SOUND.replace(" AND ", " + "),
    "numbers that fall and rise": f"2. {A}\n1. {B}\n3. {C}\n4. 1 AND 2 AND 3",
    "a tag that PubMed does not have": SOUND.replace("CD33[tiab]", "CD33[abti]"),
    "a tag behind brackets": f"({A}) AND (CD33 OR CD123)[tiab]",
    "French operators": SOUND.replace(" AND ", " ET ").replace(" OR ", " OU "),
    "German operators": SOUND.replace(" AND ", " UND ").replace(" OR ", " ODER "),
    "Spanish operators": SOUND.replace(" AND ", " Y ").replace(" OR ", " O "),
    "Chinese operators": SOUND.replace(" AND ", " 和 ").replace(" OR ", " 或 "),
    "Chinese commas": SOUND.replace(" OR ", "、"),
    "operators with ornaments": SOUND.replace(" AND ", " -AND- "),
    "an operator parted at the end of a row": SOUND.replace(") AND (CD33", ") AN\nD (CD33"),
    "labels before brackets": f"Disease ({A}) AND Treatment ({B}) AND Outcome ({C})",
    "labels with a colon before brackets": f"P: ({A})\nAND\nI: ({B})\nAND\nO: ({C})",
    "headings of Markdown between the rows": f"## Disease\n({A})\nAND\n## Treatment\n({B})\nAND\n({C})",
    "a note of a library program": f"PubMed 2025-03-03: {SOUND}",
    "the sentence of a protocol": f"The strategy for PubMed is as follows: {SOUND}",
    "a running head between rows": f"1. {A} OR\nSmith et al.\n2. {B}\n3. {C}\n4. 1 AND 2 AND 3",
    "a letter read for a number": f"#1 {A}\n#2 {B}\n#3 {C}\n#4 #l AND #2 AND #3",
    "a range of lines without operator": f"#1 {A}\n#2 {B}\n#3 {C}\n#4 #1-#3",
    "a list that was cut off": SOUND.replace('"CLL-1"[tiab]', "..."),
    "a field of Embase": "leukemia:ti AND cd33:ab",
    "fields of Scopus": "KEY(leukemia) AND ALL(cd33)",
    "years of Scopus": "(leukemia) AND PUBYEAR > 2014",
    "years of Web of Science": "ALL=(leukemia) AND PY=(2014-2022)",
    "fields of EBSCO": '(MH "Leukemia, Myeloid, Acute+") AND (TI cd33 OR AB cd33)',
    "proximity of EBSCO": "leukemia N3 cd33",
    "fields of ProQuest": "ti(leukemia) AND ab(cd33)",
    "fields of Europe PMC": 'TITLE:"leukemia" AND ABSTRACT:cd33',
    "fields of LILACS": 'mh:"Leukemia" AND tw:(cd33)',
    "a minus of web searches": "leukemia cd33 -mouse",
    "years without a field": f"({SOUND}) AND 2014-2022",
    "years with a colon and no field": f"({SOUND}) AND 2014:2022",
    "years in words": f"({SOUND}) AND (publication date from 2014 to 2022)",
    "dates joined by a word": f'({SOUND}) AND ("2014/01/01"[PDat] TO "2022/12/31"[PDat])',
    "a month that is none": f"({SOUND}) AND 2014/13[dp]",
}

ADDRESS = f"https://pubmed.ncbi.nlm.nih.gov/?term={quote_plus(SOUND)}"
LINES = f"#1 {A}\n#2 {B}\n#3 {C}\n#4 #1 AND #2 AND #3"
READ_OR_STOPPED = {
    "operators between rows without brackets": f"{A}\nAND\n{B}\nAND\n{C}",
    "a word before the references": LINES.replace("#4 #1", "#4 Combine 1"),
    "a remark behind the references": f"{LINES} without duplicates",
    "a remark below the last count": f"{LINES} 38\nAfter removal of duplicates: 30",
    "quotes around everything": f'"{SOUND}"',
    "a fence around everything": f"```\n{SOUND}\n```",
    "truncation with proximity": SOUND.replace("surviv*[tiab]", "surviv*[tiab:~0]"),
    "an asterisk of mathematics": SOUND.replace("surviv*", "surviv\u2217"),
    "a percent sign for truncation": SOUND.replace("surviv*", "surviv%"),
    "a word broken at the end of a row": SOUND.replace("CD123", "CD1-\n23"),
    "a word broken by a soft row": SOUND.replace("myeloid leukemia", "myeloid\x0bleukemia"),
    "a phrase over two rows": SOUND.replace("myeloid leukemia", "myeloid\nleukemia"),
    "an address with a remark": f"{ADDRESS}\n(accessed 3 May 2024)",
    "an address with a word before it": f"Search: {ADDRESS}",
    "rows of a web page": SOUND.replace(" OR ", "<br>OR "),
    "bold operators of a web page": SOUND.replace(" OR ", " <b>OR</b> "),
    "a comment of programmers": SOUND.replace(" AND ", " AND /* treatment */ "),
    "a word before the strategy": f"Query: {SOUND}",
    "an empty group": f"{SOUND} AND ()",
    "no blank behind the numbers": f"1.{A}\n2.{B}\n3.{C}\n4.1 AND 2 AND 3",
    "blanks within references": LINES.replace("#4 #1 AND #2 AND #3", "#4 # 1 AND # 2 AND # 3"),
    "dots before the hits": f"1. {A} ..... 386\n2. {B} ..... 87\n3. {C} ..... 1203\n4. 1 AND 2 AND 3 ..... 38",
    "full stops": f"#1 {A}.\n#2 {B}.\n#3 {C}.\n#4 #1 AND #2 AND #3.",
    "bullets": f"\u2022 {A}\nAND\n\u2022 {B}\nAND\n\u2022 {C}",
    "the names of concepts": f"Population: {A}\nIntervention: {B}\nOutcome: {C}\nPopulation AND Intervention AND Outcome",
    "Roman numbers": f"I. {A}\nII. {B}\nIII. {C}\nIV. I AND II AND III",
    "notes behind lines": f"#1 {A} // disease\n#2 {B} // treatment\n#3 {C}\n#4 #1 AND #2 AND #3",
    "the database below": f"{LINES}\n\nDatabase: PubMed\nDate: 12 May 2024",
    "a second database below": f"PubMed\n{LINES}\nEmbase\n#1 'leukemia'/exp\n#2 cd33:ti,ab\n#3 #1 AND #2",
}
WHOLE_TERMS = {
    "a column of hits behind words": ("#1 leukemia 100\n#2 CAR-T 80\n#3 #1 AND #2 76", "leukemia AND CAR-T"),
    "ligatures of a printed page": ("in\ufb02ammation[tiab] OR \ufb01brosis[tiab]", "inflammation[tiab] OR fibrosis[tiab]"),
    "a line's name within a term": (
        LINES.replace('"CLL-1"[tiab]', '"CLL-1"[tiab] OR line 1 therapy[tiab]'),
        SOUND.replace('"CLL-1"[tiab]', '"CLL-1"[tiab] OR line 1 therapy[tiab]'),
    ),
    "a letter and a number": (f"({SOUND}) AND acute OR vitamin B OR B 12", f"({SOUND}) AND acute OR vitamin B OR B 12"),
    "a number behind words in every line": ("#1 CD 33\n#2 CD 123\n#3 #1 OR #2", "(CD 33) OR (CD 123)"),
    "a number before words in every line": ("#1 33 CD[tiab]\n#2 123 CD[tiab]\n#3 #1 OR #2", "33 CD[tiab] OR 123 CD[tiab]"),
}


def test_each_line_and_each_term_of_the_sound_strategy_matters(corpus: Articles) -> None:
    whole = pmids(corpus, SOUND)
    shorter = [f"({A}) AND ({B})", f"({A}) AND ({C})", f"({B}) AND ({C})"]
    shorter += [SOUND.replace(term, "nothing[uid]") for term in TERMS]
    assert whole
    assert all(pmids(corpus, query) != whole for query in shorter)
    assert pmids(corpus, LIMITED) < whole


@pytest.mark.parametrize(("text", "query"), UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_a_pasted_strategy_finds_exactly_what_the_sound_one_finds(corpus: Articles, text: str, query: str) -> None:
    assert stops(text) == []
    assert pmids(corpus, query_of(text)) == pmids(corpus, query)


@pytest.mark.parametrize("text", UNCLEAR.values(), ids=UNCLEAR)
def test_what_is_unclear_is_not_searched(text: str) -> None:
    assert stops(text)


@pytest.mark.parametrize("text", READ_OR_STOPPED.values(), ids=READ_OR_STOPPED)
def test_an_odd_shape_finds_what_the_sound_one_finds_or_is_not_searched(corpus: Articles, text: str) -> None:
    assert stops(text) or pmids(corpus, query_of(text)) == pmids(corpus, SOUND)


@pytest.mark.parametrize(("text", "query"), WHOLE_TERMS.values(), ids=WHOLE_TERMS)
def test_a_term_stays_whole_whatever_its_words_look_like(text: str, query: str) -> None:
    assert stops(text) == []
    assert shape_of(parse(query_of(text)).root) == shape_of(parse(query).root)


def test_pasted_strategies_find_the_same_over_the_network(corpus: Articles) -> None:
    def hurry(seconds: float) -> None:
        del seconds

    chosen = (
        "numbers: newest above, with points",
        "hits: history of PubMed",
        "disguised: full width",
        "filters: limits below, counted",
    )
    with pubmed_demo(rate_limited=False) as server, requests.Session() as session:
        pubmed = PubMed(Transport("PubMed", session, Throttle(0, time.monotonic, hurry), time.monotonic, hurry), server.url)
        listings = [(pubmed.listing(query_of(text)), query) for text, query in (UNDERSTOOD[name] for name in chosen)]
    for listing, query in listings:
        assert {int(pmid) for pmid in listing.ids} == pmids(corpus, query)
        assert listing.echo == ()


HSSS_TERMS = (
    "randomized controlled trial[pt]",
    "controlled clinical trial[pt]",
    "randomized[tiab]",
    "placebo[tiab]",
    "drug therapy[sh]",
    "randomly[tiab]",
    "trial[tiab]",
    "groups[tiab]",
)
HSSS = (
    "\n".join(f"#{n} {term}" for n, term in enumerate(HSSS_TERMS, 1))
    + "\n#9 #1 OR #2 OR #3 OR #4 OR #5 OR #6 OR #7 OR #8\n#10 animals[mh] NOT humans[mh]\n#11 #9 NOT #10"
)
SOUND_STRATEGIES = {
    "Cochrane's filter for randomized trials": HSSS,
    "Cochrane's filter behind a topic": f"{HSSS}\n#12 {A}\n#13 #11 AND #12",
    "Cochrane's filter in one line": f"({' OR '.join(HSSS_TERMS)}) NOT (animals[mh] NOT humans[mh])",
    "Cochrane's filter as it is printed": f"{' OR '.join(HSSS_TERMS)} NOT (animals[mh] NOT humans[mh])",
    "cells with receptors": '("Receptors, Chimeric Antigen"[Mesh] OR "Immunotherapy, Adoptive"[Mesh] OR "chimeric antigen receptor*"[tiab] OR "CAR-T"[tiab] OR "CAR T"[tiab]) AND ("Leukemia"[Mesh] OR leukemia[tiab] OR leukaemia[tiab])',
    "diabetes": '("Diabetes Mellitus, Type 2"[Mesh] OR "type 2 diabetes"[tiab] OR "type II diabetes"[tiab] OR T2DM[tiab] OR NIDDM[tiab]) AND (metformin[mh] OR metformin[tiab])',
    "physiotherapy": '("Low Back Pain"[mh] OR "low back pain"[tiab] OR lumbago[tiab]) AND ("Exercise Therapy"[mh] OR "Physical Therapy Modalities"[mh] OR physiotherap*[tiab] OR exercis*[tiab])',
    "subheadings": '"Leukemia, Myeloid, Acute/drug therapy"[Mesh] OR "Leukemia, Myeloid, Acute/immunology"[Mesh] OR leukemia/therapy[mh]',
    "subheadings without explosion": '"Leukemia/drug therapy"[Mesh:NoExp] OR leukemia[tiab]',
    "headings without explosion": '"Leukemia"[Mesh:NoExp] OR "Leukemia, Myeloid, Acute"[MeSH Terms:noexp] OR leukemia[tiab]',
    "major topics": '"Leukemia, Myeloid, Acute"[Majr] OR "Neoplasms"[Majr:NoExp] OR "acute leukemia"[ti]',
    "proximity": '"relapsed leukemia"[tiab:~3] OR "refractory leukemia"[Title/Abstract:~0] OR "acute leukaemia"[ti:~2]',
    "a range of years": "leukemia[tiab] AND toxicity[tiab] AND 2014:2025[dp]",
    "a range of days": 'leukemia[tiab] AND ("2014/06/01"[Date - Publication] : "2025/01/31"[Date - Publication])',
    "an open range": 'leukemia[tiab] AND ("2014/06/01"[PDAT] : "3000"[PDAT])',
    "the last years": 'leukemia[tiab] AND "last 5 years"[dp]',
    "date of entry": "leukemia[tiab] AND 2020/01/01:2020/12/31[crdt]",
    "date of entry or of indexing": "leukemia[tiab] AND (2020:2021[edat] OR 2020:2021[mhda])",
    "without animals": "leukemia[tiab] NOT (animals[mh] NOT humans[mh])",
    "without animals, quoted": '(leukemia[tiab]) NOT ("Animals"[Mesh] NOT ("Animals"[Mesh] AND "Humans"[Mesh]))',
    "without some types": "leukemia[tiab] NOT (comment[pt] OR editorial[pt] OR letter[pt] OR news[pt])",
    "truncation": "leuk*[tiab] OR myelo*[tiab]",
    "truncation in a phrase": '"chimeric antigen recept*"[tiab] OR "T cell*"[tiab]',
    "an abstract": "leukemia[tiab] AND hasabstract",
    "an abstract by its tag": "leukemia[tiab] AND hasabstract[text]",
    "filters in brackets": "(leukemia[tiab]) AND ((english[Filter]) AND (humans[Filter]))",
    "systematic reviews": "leukemia[tiab] AND (systematic[sb] OR meta-analysis[pt] OR review[pt])",
    "free full text": '(AML[tiab]) AND "free full text"[sb]',
    "unindexed records too": "leukemia[tiab] AND (inprocess[sb] OR publisher[sb] OR pubmednotmedline[sb])",
    "authors": "Moreau J[au] OR Lindqvist[1au] OR Ferraro[lastau]",
    "a journal": '"Leuk Notes"[ta] OR "Annals of Fictional Oncology"[Journal]',
    "identifiers": '10.5555/demo.2020.0014[doi] OR "10.5555/demo.2015.0016"[aid]',
    "PMIDs": "99000001[uid] OR 99000002[pmid] OR 99000010:99000020[uid]",
    "a register number": "NCT99000001[si] OR NCT99000002[tiab]",
    "a long list": " OR ".join(f'"gene {n} product*"[tiab]' for n in range(10, 70)),
    "nested groups": '((("acute myeloid"[tiab] AND (leukemia[tiab] OR leukaemia[tiab])) OR AML[tiab]) AND (("CAR"[tiab] AND (T[tiab] OR NK[tiab])) OR "CAR-T"[tiab]))',
    "untagged words": "acute myeloid leukemia AND chimeric antigen receptor",
    "untagged words, one with a number": "(interleukin 6 OR vitamin B12) AND omega 3 fatty acids",
    "words with numbers and signs": "IL-2[tiab] OR TNF-alpha[tiab] OR CD4+[tiab] OR p53[tiab] OR 5-FU[tiab] OR COVID-19[tiab] OR HbA1c[tiab]",
    "numbers as words": '"12 weeks"[tiab] OR 5-year[tiab] OR "phase 2"[tiab] OR "phase II"[tiab]',
    "apostrophes and accents": "Alzheimer's[tiab] OR Parkinson's disease[tiab] OR Sjögren*[tiab] OR Ménière[tiab]",
    "words for operators within phrases": '"wounds and injuries"[mh] OR "not otherwise specified"[tiab] OR "hit or miss"[tiab]',
    "lines with ranges": "1. leukemia[mh]\n2. leukaemia[tiab]\n3. AML[tiab]\n4. or/1-3\n5. CAR-T[tiab]\n6. 4 AND 5",
    "limits as Ovid's, in PubMed's words": "#1 leukemia[tiab]\n#2 CAR-T[tiab]\n#3 #1 AND #2\n#4 #3 AND english[la] AND 2014:2025[dp]",
    "substances": "cytarabine[nm] OR 147-94-4[rn] OR cytarabine[tiab]",
    "affiliation and country": "Denmark[ad] AND leukemia[tiab] AND Switzerland[pl]",
    "types by their long names": '"Clinical Trial, Phase I"[Publication Type] OR "Case Reports"[Publication Type] OR "Randomized Controlled Trial"[pt]',
    "other terms": '"gene editing"[ot] OR "cell therapy"[Other Term]',
}


@pytest.mark.parametrize("text", SOUND_STRATEGIES.values(), ids=SOUND_STRATEGIES)
def test_a_sound_strategy_is_searched_as_it_is_written(text: str) -> None:
    assert stops(text) == []
    strategy = read_strategy(text)
    rows = text.splitlines()
    plain = [line.text for line in strategy.lines]
    if len(rows) == 1:
        assert plain == [text]
    assert len(plain) == len(rows)
    assert all(line in row for line, row in zip(plain, rows, strict=True) if "[" in row)


PUBLISHED = (Path(__file__).parent.parent / "data" / "sound_strategies.txt").read_text("utf-8").splitlines()
"""One query a row in the shapes of published filters and of everyday searches: trials, accuracy, harms, costs, places, ages."""


@pytest.mark.parametrize("text", PUBLISHED)
def test_a_query_of_the_usual_shapes_is_searched_as_it_is_written(text: str) -> None:
    assert stops(text) == []
    assert query_of(text) == text


@pytest.mark.parametrize("text", SOUND_STRATEGIES.values(), ids=SOUND_STRATEGIES)
def test_the_stand_in_knows_every_field_of_a_sound_strategy(corpus: Articles, text: str) -> None:
    assert search(corpus, query_of(text), TODAY).fields_not_found == ()


def test_cochranes_filter_keeps_the_trials_of_the_corpus(corpus: Articles) -> None:
    kept = pmids(corpus, query_of(HSSS))
    trials = pmids(corpus, "randomized controlled trial[pt] OR randomized[tiab]")
    assert trials
    assert trials <= kept < corpus.everything
    assert not kept & pmids(corpus, "animals[mh] NOT humans[mh]")
    assert kept == pmids(corpus, SOUND_STRATEGIES["Cochrane's filter in one line"])
    assert kept == pmids(corpus, SOUND_STRATEGIES["Cochrane's filter as it is printed"])


WORDS = st.sampled_from(
    [
        "leukemia[tiab]",
        '"acute leukemia"[tiab]',
        "CD33[ti]",
        '"Leukemia"[Mesh]',
        "surviv*[tiab]",
        "IL-6[tiab]",
        '"CAR-T"',
        "humans[mh]",
    ]
)
ROWS = st.lists(WORDS, min_size=1, max_size=3, unique=True).map(" OR ".join)
WAYS = ("#{}", "#{}:", "{}.", "{})", "({})", "[{}]", "S{}", "S{}:", "Line {}:", "Search {}:", "{} -", "{}\t", "{}")
HITS = ("", " 1,386", " (87)", " (n = 412)", " 38 results", " = 1203", "\t55", "\n77")
CHARACTERS = (
    ("", ""),
    ('"', "”"),
    ("[", "［"),
    (" OR ", "\u00a0OR\u2003"),
    (" AND ", " && "),
    (" OR ", " || "),
    ("]", "]\u200b"),
)


@given(
    lines=st.lists(ROWS, min_size=2, max_size=4),
    way=st.sampled_from(WAYS),
    hits=st.sampled_from(HITS),
    characters=st.lists(st.sampled_from(CHARACTERS), max_size=2, unique=True),
    newest_first=st.booleans(),
)
def test_noise_around_a_sound_strategy_changes_nothing_or_stops_it(
    lines: list[str], way: str, hits: str, characters: list[tuple[str, str]], newest_first: bool
) -> None:
    plain = " AND ".join(f"({line})" for line in lines)
    name = "S{}" if way.startswith("S{") else "#{}"
    rows = [*lines, " AND ".join(name.format(n) for n in range(1, len(lines) + 1))]
    noisy = [f"{way.format(n)} {row}{hits}" for n, row in enumerate(rows, 1)]
    text = "\n".join(noisy[::-1] if newest_first else noisy)
    for usual, unusual in characters:
        text = text.replace(usual, unusual) if usual else text
    if not stops(text):
        assert shape_of(parse(query_of(text)).root) == shape_of(parse(plain).root)
