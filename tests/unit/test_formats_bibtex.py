"""BibTeX as programs and platforms write it: framing, broken entries, strings, names, LaTeX, and what each field means."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import Parsed, ParsedEntry
from prisma_tool.formats.bibtex.latex import readable_latex
from prisma_tool.formats.bibtex.names import read_names
from prisma_tool.formats.bibtex.reader import parse_bibtex
from prisma_tool.formats.registry import open_entries, read

PLAIN = """@article{a, title = {One}, author = {Smith, Ann}, year = 2019}

@book(b, title = "Two", publisher = "P",)
@misc {c,
  title = {Three},
  note = {PMID: 31366609}
}
"""


def _parsed(text: str) -> Parsed:
    return parse_bibtex(text.encode())


def _only(fields: str, kind: str = "article") -> ParsedEntry:
    return _parsed(f"@{kind}{{k, {fields}}}").entries[0]


def _titles(text: str) -> list[str]:
    return [entry.citation.title for entry in _parsed(text).entries]


def test_entries_in_braces_and_in_brackets_are_read_with_their_lines_and_untouched_text() -> None:
    parsed = read(PLAIN.encode())
    assert (parsed.format, [entry.line for entry in parsed.entries]) == ("bibtex", [1, 3, 4])
    assert parsed.entries[1].raw == '@book(b, title = "Two", publisher = "P",)'
    assert parsed.entries[2].citation.pmid == "31366609"


def test_the_file_can_be_read_entry_by_entry() -> None:
    account = open_entries(PLAIN.encode())
    assert [entry.citation.title for entry in account.entries] == ["One", "Two", "Three"]
    assert account.declared == 3


@pytest.mark.parametrize(
    ("broken", "word"),
    [
        ("@article{x, title = {Never closed, year = 2020\n}", "brace"),
        ('@article{x,\n author = "An Author,\n title = "The Title"\n}', "quotation mark"),
        ("@article{x, title {No sign} }", "no field"),
        ("@article{x,\n}", "no bibliographic field"),
    ],
)
def test_a_broken_entry_costs_one_reject_and_its_neighbours_nothing(broken: str, word: str) -> None:
    parsed = _parsed(f"@article{{a, title = {{Before}}}}\n{broken}\n@article{{b, title = {{After}}}}\n")
    assert [entry.citation.title for entry in parsed.entries] == ["Before", "After"]
    assert [(reject.line, word in reject.reason) for reject in parsed.rejects] == [(2, True)]
    assert parsed.rejects[0].raw == broken.strip()


def test_an_entry_that_lost_its_first_line_is_a_reject_of_its_own() -> None:
    text = "@article{a,\n title = {One},\n}\n\n title = {Two},\n author = {B},\n}\n@article{c, title = {Three}}\n"
    parsed = _parsed(text)
    assert [entry.citation.title for entry in parsed.entries] == ["One", "Three"]
    assert [(reject.line, "first line" in reject.reason) for reject in parsed.rejects] == [(5, True)]


@pytest.mark.parametrize(
    "text",
    [
        "@article{a title = {T}, year = 2019}".replace("a title", "a,\n title"),
        "@article{a\n title = {T}\n year = 2019}",
        "@article{\n title = {T}, year = 2019}",
        "@article{a, title = {T}, year = 2019",
        '@ARTICLE {a ,\n TITLE={T},YEAR="2019" , }',
        "@article{a, keywords = {x}, y}, z},\n title = {T},\n year = {2019},\n}",
    ],
)
def test_what_is_plainly_meant_is_read(text: str) -> None:
    citation = _parsed(text).entries[0].citation
    assert (citation.title, citation.year) == ("T", 2019)


def test_a_missing_end_is_told() -> None:
    assert "line 1 are not closed" in _parsed("@article{a, title = {T}").warnings[0]


def test_comments_and_abstracts_that_quote_entries_hold_none() -> None:
    text = (
        "% made by hand\n@comment{jabref-meta: groups;\n@article{hidden, title={Hidden}}\n}\n"
        "@article{a, title = {T}, abstract = {See\n@article{quoted, title={Q}}\nbelow}}\n%@article{old, title={Old}}\n"
    )
    parsed = _parsed(text)
    assert [entry.citation.title for entry in parsed.entries] == ["T"]
    assert parsed.declared == 1
    assert any("1 entries are commented out" in warning for warning in parsed.warnings)


def test_strings_months_and_joined_values_are_resolved() -> None:
    text = '@string{jama = "J. Am. Med. Assoc."}\n@STRING(who = {World {Health}})\n'
    text += '@article{a, journal = JAMA, title = who # " in " # {2019}, year = 2019, month = aug}'
    citation = _parsed(text).entries[0].citation
    assert (citation.journal, citation.title, citation.published) == ("J. Am. Med. Assoc.", "World Health in 2019", "2019 Aug")


def test_strings_that_grow_without_limit_are_refused() -> None:
    strings = ['@string{s0 = "' + "x" * 1000 + '"}']
    strings += [f"@string{{s{n} = {' # '.join([f's{n - 1}'] * 20)}}}" for n in range(1, 6)]
    parsed = _parsed("\n".join(strings) + "\n@article{a, title = s5 # s5 # s5}\n@article{b, title = {B}}")
    assert parsed.declared == 2
    assert all(len(entry.citation.title) <= 2_000_000 for entry in parsed.entries)


def test_a_chapter_takes_from_its_volume_what_it_lacks() -> None:
    text = "@inproceedings{c, title={Chapter}, crossref={V}}\n@proceedings{v, title={Volume}, year=2018, publisher={P}}"
    chapter = _parsed(text).entries[0].citation
    assert (chapter.title, chapter.journal, chapter.year, chapter.publisher) == ("Chapter", "Volume", 2018, "P")


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (
            r"P\"{a}ckert, {\'E}mile, Ji{\v{r}}{\'{\i}}, Erd{\H o}s, \L\'od\'z, \c{C}a, \~n, stra{\ss}e",
            "Päckert, Émile, Jiří, Erdős, Łódź, Ça, ñ, straße",
        ),
        (
            r"{C}ells at 37$^\circ$C, CO$_2$, 10$^{-3}$, $\alpha$-helix, $p<0.05$, 5\%",
            "Cells at 37°C, CO₂, 10⁻³, α-helix, p<0.05, 5%",
        ),
        (r"costs $5 and $10, US\$7 \& more", "costs $5 and $10, US$7 & more"),
        (r"\emph{In vitro} \textbf{of \textit{E.~coli}} --- ``so'' 1--2", "In vitro of E. coli — “so” 1–2"),
        (r"\textgreater{} 3, \unknown{kept}, a\_b, x\textsuperscript{2}", "> 3, kept, a_b, x²"),
    ],
)
def test_latex_becomes_the_text_it_prints(latex: str, text: str) -> None:
    assert readable_latex(latex) == text


@settings(max_examples=150)
@given(st.text(alphabet="\\{}$~^_\"'`-uvHco ab1", max_size=60))
def test_any_latex_is_read_without_leaving_braces(latex: str) -> None:
    assert not {"{", "}"} & set(readable_latex(latex.replace("\\{", "").replace("\\}", "")))


@pytest.mark.parametrize(
    ("names", "authors"),
    [
        ("Ludwig van Beethoven and Aho, Alfred V., and others", ["van Beethoven, Ludwig", "Aho, Alfred V."]),
        ("von Hicks, III, Michael and Smith, John, Jr.", ["von Hicks, Michael, III", "Smith, John, Jr."]),
        ("{World Health Organization} and {Barnes and Noble}", ["World Health Organization", "Barnes and Noble"]),
        ("{Smith, John and Doe, Jane}", ["Smith, John", "Doe, Jane"]),
        ("Milton {Abramowitz} and {van der Berg}, Anna", ["Abramowitz, Milton", "van der Berg, Anna"]),
        ("Writerone, J.\n   and Smith AB", ["Writerone, J.", "Smith, AB"]),
        ("Corporation for Digital Scholarship", ["Corporation for Digital Scholarship"]),
    ],
)
def test_names_are_split_as_they_are_meant(names: str, authors: list[str]) -> None:
    assert [str(author) for author in read_names(names)] == authors


def test_groups_are_marked_as_such() -> None:
    assert [author.collective for author in read_names("{WHO Group} and Smith, J")] == [True, False]


@pytest.mark.parametrize(
    ("fields", "field", "value"),
    [
        (r"title={T}, doi={https://doi.org/10.1007/999-9\_3}", "doi", "10.1007/999-9_3"),
        ("title={T}, url={http://dx.doi.org/10.1000/A%3Bb}", "doi", "10.1000/a;b"),
        ("title={T}, eprint={31366609}, eprinttype={pubmed}", "pmid", "31366609"),
        ("title={T}, pages={123--456}", "pages", "123-456"),
        ("title={T}, journal={J}, art_number={e12}", "pages", "e12"),
        ("title={T}, journal={Adv. Math.}, fjournal={Advances in Mathematics}", "journal_abbreviation", "Adv. Math."),
        ("title={T}, subtitle={Sub}, journaltitle={J}, date={2019-05-03}", "title", "T: Sub"),
        ("title={T}, date={2019-05-03}", "year", 2019),
        ("title={T}, issn={1234-5678}, eissn={8765432X}", "issn", ("1234-5678", "8765-432X")),
        ("title={T}, author_keywords={a; b, c}", "keywords", ("a", "b, c")),
        ("title={T}, abstract={One\n   line.\n\nTwo.}", "abstract_text", "One line.\nTwo."),
        ("title={The {RCT}: &lt;b&gt; trial&apos;s}", "title", "The RCT: trial's"),
    ],
)
def test_fields_of_every_exporter_find_their_place(fields: str, field: str, value: object) -> None:
    assert getattr(_only(fields).citation, field) == value


def test_fields_that_mean_nothing_here_survive() -> None:
    extra = _only("title={T}, annote={Mine}, mrnumber={307}, title={Second}").citation.extra
    assert {("Citation key", "k"), ("annote", "Mine"), ("mrnumber", "307"), ("title", "Second")} <= set(extra)


@pytest.mark.parametrize(
    ("text", "accession"),
    [
        ("@article{ WOS:000444488888888, title={T}}", "WOS:000444488888888"),
        ("@article{k, title={T}, Unique-ID={WOS:1}}", "WOS:1"),
        ("@article{k, title={T}, url={https://www.scopus.com/inward/record.uri?eid=2-s2.0-85012&doi=1}}", "2-s2.0-85012"),
        ("@article{k, title={T}, url={https://search.ebscohost.com/login.aspx?direct=true&db=bth&AN=118000&site=x}}", "118000"),
        ("@article{Smith2019, title={T}}", ""),
    ],
)
def test_only_what_the_source_gave_is_an_accession(text: str, accession: str) -> None:
    assert _parsed(text).entries[0].accession == accession


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings_and_line_ends_change_nothing(encoding: str) -> None:
    text = "% Encoding\n@article{a,\n title = {Über},\n}\n@article{b,\n title = {Zwei},\n}\n"
    assert [e.citation.title for e in read(text.replace("\n", "\r").encode(encoding)).entries] == ["Über", "Zwei"]


def test_other_formats_that_quote_an_entry_stay_what_they_are() -> None:
    assert read(b"TY  - JOUR\nTI  - T\nAB  - See\n@article{x, title={y}}\nER  - \n").format == "ris"
    assert read(b'title,abstract\nT,"See\n@article{x, title={y}}"\n').format == "csv"


def test_a_text_without_entries_is_refused() -> None:
    with pytest.raises(FormatError, match="No BibTeX entry"):
        _parsed("@comment{nothing}")


@settings(max_examples=200)
@given(
    st.lists(
        st.sampled_from(
            ["@article{k,", "@comment{", "title", "=", "{", "}", '"', "#", ",", "\n", "x", "@", "(", ")", "@string{"]
        ),
        max_size=25,
    )
)
def test_any_arrangement_of_marks_is_accounted_for(marks: list[str]) -> None:
    parsed = _parsed("@article{first, title={T}}\n" + "".join(marks))
    assert parsed.declared == len(parsed.entries) + len(parsed.rejects) >= 1
