"""Strategies as people paste them: what is meant is read, what is taken away is told, what is unclear stops."""

from __future__ import annotations

import pytest

from prisma_tool.identify.strategy.guard.pubmed_checks import examine
from prisma_tool.identify.strategy.numbered_lines import expansions
from prisma_tool.identify.strategy.pasted.reader import read_strategy, written
from prisma_tool.identify.strategy.tree.parse import parse
from prisma_tool.identify.strategy.tree.shape import shape_of

PLAIN = '#1 "heart attack"[tiab]\n#2 aspirin[tiab]\n#3 #1 AND #2'

NUMBERED = {
    "with #": '#1 "heart attack"[tiab]\n#2 aspirin[tiab]\n#3 #1 AND #2',
    "with points": '1. "heart attack"[tiab]\n2. aspirin[tiab]\n3. 1 AND 2',
    "with brackets behind": '1) "heart attack"[tiab]\n2) aspirin[tiab]\n3) 1 and 2',
    "with colons": '1: "heart attack"[tiab]\n2: aspirin[tiab]\n3: #1 and #2',
    "in brackets": '(1) "heart attack"[tiab]\n(2) aspirin[tiab]\n(3) (1) AND (2)',
    "as sets": 'S1 "heart attack"[tiab]\nS2 aspirin[tiab]\nS3 S1 AND S2',
    "as small sets": 's1: "heart attack"[tiab]\ns2: aspirin[tiab]\ns3: s1 and s2',
    "as lines": 'Line 1: "heart attack"[tiab]\nLine 2: aspirin[tiab]\nLine 3: Line 1 AND Line 2',
    "as searches": 'Search #1 "heart attack"[tiab]\nSearch #2 aspirin[tiab]\nSearch #3 Search: #1 AND #2',
    "with No.": 'No. 1 "heart attack"[tiab]\nNo. 2 aspirin[tiab]\nNo. 3 No. 1 AND No. 2',
    "with letters": 'A: "heart attack"[tiab]\nB: aspirin[tiab]\nC: A AND B',
    "with letters in brackets": '(A) "heart attack"[tiab]\n(B) aspirin[tiab]\n(C) A AND B',
    "with dashes": '1 - "heart attack"[tiab]\n2 - aspirin[tiab]\n3 - 1 AND 2',
    "bare": '1 "heart attack"[tiab]\n2 aspirin[tiab]\n3 1 AND 2',
    "with tabs": '1\t"heart attack"[tiab]\n2\taspirin[tiab]\n3\t1 AND 2',
    "newest first": '#3 #1 AND #2\n#2 aspirin[tiab]\n#1 "heart attack"[tiab]',
    "bare, newest first": '3 1 AND 2\n2 aspirin[tiab]\n1 "heart attack"[tiab]',
    "with Ovid's range": '1. "heart attack"[tiab]\n2. aspirin[tiab]\n3. and/1-2',
    "with Ovid's old range": '1. "heart attack"[tiab]\n2. aspirin[tiab]\n3. 1-2/and',
    "under a heading": 'Strategy for PubMed, 12 January 2025\n#1 "heart attack"[tiab]\n#2 aspirin[tiab]\n#3 #1 AND #2',
    "numbers on rows of their own": '#1\n"heart attack"[tiab]\n#2\naspirin[tiab]\n#3\n#1 AND #2',
    "with curly quotes": "#1 “heart attack”[tiab]\n#2 aspirin[tiab]\n#3 #1 AND #2",
    "with invisible blanks": '#1 "heart\u00a0attack"[tiab]\u200b\n#2\u2003aspirin[tiab]\n\ufeff#3 #1 AND #2',
    "of full width": "＃1 “heart attack”［tiab］\n＃2 aspirin［tiab］\n＃3 ＃1 AND ＃2",
    "with signs for operators": '#1 "heart attack"[tiab]\n#2 aspirin[tiab]\n#3 #1 && #2',
}


@pytest.mark.parametrize("text", NUMBERED.values(), ids=NUMBERED)
def test_lines_are_understood_however_they_are_numbered(text: str) -> None:
    strategy = read_strategy(text)
    meaning = parse(expansions(strategy)[strategy.last.number])
    assert shape_of(meaning.root) == shape_of(parse('"heart attack"[tiab] AND aspirin[tiab]').root)
    assert [line.number for line in strategy.lines] == [1, 2, 3]
    assert not [problem for problem in examine(strategy) if problem.stops]


COUNTED = {
    "behind": '#1 "heart attack"[tiab] 472\n#2 aspirin[tiab] 1,400\n#3 #1 AND #2 41',
    "behind, in brackets": '#1 "heart attack"[tiab] (472)\n#2 aspirin[tiab] (1400)\n#3 #1 AND #2 (41)',
    "behind, as n": '#1 "heart attack"[tiab] (n = 472)\n#2 aspirin[tiab] n=1400\n#3 #1 AND #2 [n = 41]',
    "behind, with a word": '#1 "heart attack"[tiab] 472 results\n#2 aspirin[tiab] 1 400 hits\n#3 #1 AND #2 Results: 41',
    "behind, with a time": '#1 "heart attack"[tiab] 472 05:12:33\n#2 aspirin[tiab] 1400 05:12:40\n#3 #1 AND #2 41 05:12:59',
    "behind tabs": '#1\t"heart attack"[tiab]\t472\n#2\taspirin[tiab]\t1400\n#3\t#1 AND #2\t41',
    "behind bare numbers": '1 "heart attack"[tiab] 472\n2 aspirin[tiab] 1400\n3 1 AND 2 41',
    "behind sets": 'S1 "heart attack"[tiab] 472\nS2 aspirin[tiab] 1400\nS3 S1 AND S2 41',
    "before the numbers": '472 #1 "heart attack"[tiab]\n1400 #2 aspirin[tiab]\n41 #3 #1 AND #2',
    "before the lines": '#1 472 "heart attack"[tiab]\n#2 1400 aspirin[tiab]\n#3 41 #1 AND #2',
    "on rows of their own": '#1 "heart attack"[tiab]\n472\n#2 aspirin[tiab]\n1,400\n#3 #1 AND #2\n41',
    "in a table with bars": '| # | Query | Results |\n|---|---|---|\n| 1 | "heart attack"[tiab] | 472 |\n| 2 | aspirin[tiab] | 1,400 |\n| 3 | 1 AND 2 | 41 |',
    "in a table without headings": '| #1 | "heart attack"[tiab] | 472 |\n| #2 | aspirin[tiab] | 1,400 |\n| #3 | #1 AND #2 | 41 |',
    "in a spreadsheet": 'Set\tSearch terms\tHits\n1\t"heart attack"[tiab]\t472\n2\taspirin[tiab]\t1400\n3\t#1 AND #2\t41',
    "before the numbers, in a table": '472\t#1\t"heart attack"[tiab]\n1400\t#2\taspirin[tiab]\n41\t#3\t#1 AND #2',
    "in a table of sets": '| Set | Search strategy | Hits |\n| S1 | "heart attack"[tiab] | 472 |\n| S2 | aspirin[tiab] | 1400 |\n| S3 | S1 AND S2 | 41 |',
    "in PubMed's old history": '#3 Search #1 AND #2 41\n#2 Search aspirin[tiab] 1400\n#1 Search "heart attack"[tiab] 472',
    "in PubMed's history": (
        "Search number,Query,Sort By,Filters,Search Details,Results,Time\n"
        '3,#1 AND #2,,,"""heart attack""[Title/Abstract] AND ""aspirin""[Title/Abstract]",41,05:12:59\n'
        '2,aspirin[tiab],,,"""aspirin""[Title/Abstract]","1,400",05:12:40\n'
        '1,"""heart attack""[tiab]",Most Recent,,"""heart attack""[Title/Abstract]",472,05:12:33\n'
    ),
}


@pytest.mark.parametrize("text", COUNTED.values(), ids=COUNTED)
def test_published_hits_are_taken_off_and_kept(text: str) -> None:
    strategy = read_strategy(text)
    assert written(strategy) == PLAIN
    assert dict(strategy.published) == {1: 472, 2: 1400, 3: 41}
    assert strategy.changes
    assert not [problem for problem in examine(strategy) if problem.stops]


LIMITED = {
    "on a line of its own": (
        "#1 heart[tiab]\n#2 Filters: English, Humans",
        "#1 heart[tiab]\n#2 #1 AND english[la] AND humans[mh]",
    ),
    "behind the query": ("heart[tiab] OR lung[tiab] Filters: English", "(heart[tiab] OR lung[tiab]) AND english[la]"),
    "copied with its order": (
        "Search: heart[tiab] Filters: Clinical Trial, Phase III, English Sort by: Most Recent",
        '(heart[tiab]) AND "clinical trial, phase iii"[pt] AND english[la]',
    ),
    "as Ovid's limit": ("#1 heart[tiab]\n#2 limit #1 to english language", "#1 heart[tiab]\n#2 #1 AND english[la]"),
    "as several of Ovid's limits": (
        '1. heart[tiab]\n2. limit 1 to (english language and humans and yr="2014 -Current")',
        '#1 heart[tiab]\n#2 #1 AND english[la] AND humans[mh] AND ("2014"[dp] : "3000"[dp])',
    ),
    "with dates": (
        "heart[tiab]\nFilters: from 2014/6/1 - 2025/1/31, English, German",
        '(heart[tiab]) AND ("2014/6/1"[dp] : "2025/1/31"[dp]) AND (english[la] OR german[la])',
    ),
    "as a range with a dash": ("heart[tiab] AND 2014\u20132025[dp]", "heart[tiab] AND 2014:2025[dp]"),
    "in an address": (
        "https://pubmed.ncbi.nlm.nih.gov/?term=heart%5Btiab%5D&filter=lang.english&filter=years.2014-2025&sort=date&size=200",
        '(heart[tiab]) AND english[la] AND ("2014"[dp] : "2025"[dp])',
    ),
    "in an address alone": ("pubmed.ncbi.nlm.nih.gov/?term=%22heart+attack%22%5Btiab%5D", '"heart attack"[tiab]'),
}


@pytest.mark.parametrize(("text", "query"), LIMITED.values(), ids=LIMITED)
def test_filters_and_limits_become_part_of_the_query(text: str, query: str) -> None:
    strategy = read_strategy(text)
    assert written(strategy) == query
    assert not [problem for problem in examine(strategy) if problem.stops]


STOPPED = {
    "an OR forgotten in a group": (
        "(leukemia[tiab] OR AML[tiab] leukaemia[tiab]) AND CAR-T[tiab]",
        "Is an OR missing before “leukaemia[tiab]",
    ),
    "rows without an operator": ('"heart attack"[tiab]\n"lung"[tiab]', "stand below each other without an operator"),
    "a list that nothing joins": ("1. heart[tiab]\n2. lung[tiab]", "uses no other line"),
    "a last line that stands alone": ("#1 heart[tiab]\n#2 lung[tiab]\n#3 #1 AND #2\n#4 english[la]", "uses no other line"),
    "an unknown filter": ("#1 heart[tiab]\n#2 Filters: Left-handed", "the filter “Left-handed” is not known here"),
    "a bare number beside terms": ("heart[tiab] AND 472 AND lung[tiab]", "the number 472 would be searched as a word"),
    "a bar for OR": ("heart[tiab] | lung[tiab]", "the sign | "),
    "no date": ("heart[tiab] AND recent[dp]", "is no date for [dp]"),
    "an address with an unknown filter": (
        "https://pubmed.ncbi.nlm.nih.gov/?term=heart&filter=hand.left",
        "cannot be written as a query",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), STOPPED.values(), ids=STOPPED)
def test_what_is_unclear_stops_with_its_place(text: str, sentence: str) -> None:
    stopping = [problem.message for problem in examine(read_strategy(text)) if problem.stops]
    assert [message for message in stopping if sentence in message], stopping


@pytest.mark.parametrize("text", [*NUMBERED.values(), *COUNTED.values(), *(text for text, _ in LIMITED.values())])
def test_a_cleaned_strategy_read_again_is_the_same_and_needs_no_cleaning(text: str) -> None:
    once = read_strategy(text)
    again = read_strategy(written(once))
    assert again.lines == once.lines
    assert again.changes == ()
