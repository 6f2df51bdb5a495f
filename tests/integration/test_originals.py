"""`export --original`: what came in is given back, from files and from searches; what does not fit one file is refused whole."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from prisma_tool.cli.main import run
from prisma_tool.errors import PrismaError, UsageError
from prisma_tool.formats.pubmed.reader import parse_pubmed_xml
from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.identify.run.raw_answers import RawFolder, packed
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.records.export import Selection, export_originals
from prisma_tool.review.open_review import Review
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import records
from prisma_tool.store.runs import run_progress, runs

EMBASE, SCOPUS = Import("Embase"), Import("Scopus")
RIS = "TY  - JOUR\nAN  - L{0}\nTI  - Invented report {0}\nPY  - 2020\nZZ  - kept as it came\nER  - \n"
NBIB = "PMID- {0}\nOWN - NLM\nTI  - Invented report {0}\n\n"
TABLE = 'Title;Year;Colour\nInvented row {0};2020;"dark, \n red"\n'


@pytest.fixture
def review(make_review: Callable[..., Review]) -> Review:
    return make_review()


Bring = Callable[[str, str, Import], None]


@pytest.fixture
def bring(review: Review, tmp_path: Path) -> Bring:
    """Imports a text under a file name."""

    def brought(name: str, text: str, how: Import) -> None:
        (tmp_path / name).write_text(text, encoding="utf-8")
        import_file(review, tmp_path / name, how)

    return brought


def stored(review: Review) -> dict[str, Citation]:
    with review.store.read() as transaction:
        return {record.key: record.citation for record in records.all_records(transaction)}


def search(review: Review, *bodies: bytes) -> list[Path]:
    """Stores PubMed records as a search does: the answers in raw/, the records without originals of their own."""
    with review.store.write() as transaction:
        source = runs.register_source(transaction, "PubMed", SourceKind.DATABASE)
        runs.register_search(transaction, "pubmed", source.slug)
        row = runs.begin_run(transaction, source.slug, search="pubmed")
        folder = RawFolder(review.folder, row.id)
        answers = [folder.keep(f"efetch-{number:04d}.xml", packed(body)) for number, body in enumerate(bodies, start=1)]
        for answer in answers:
            run_progress.note_arrival(transaction, row.id, answer, [])
        for body in bodies:
            found = [records.Delivery(source.slug, entry.accession, entry.citation) for entry in parse_pubmed_xml(body).entries]
            records.store_batch(transaction, row.id, found)
        return [review.folder / kept["path"] for kept in answers]


def articles(*titles: str) -> bytes:
    found = (
        f"<PubmedArticle><MedlineCitation><PMID>{number}</PMID><Article><ArticleTitle>{title}</ArticleTitle></Article>"
        "</MedlineCitation></PubmedArticle>"
        for number, title in enumerate(titles, start=1)
    )
    return f"<PubmedArticleSet>{''.join(found)}</PubmedArticleSet>".encode()


def test_one_call_gives_back_files_of_several_formats(
    review: Review, bring: Bring, make_review: Callable[..., Review], tmp_path: Path
) -> None:
    bring("a.ris", RIS.format(1) + RIS.format(2), EMBASE)
    bring("b.nbib", NBIB.format(1), SCOPUS)
    bring("c.csv", TABLE.format(1), SCOPUS)
    paths = [tmp_path / name for name in ("back.ris", "back.nbib", "back.csv")]
    assert export_originals(review, paths, Selection()) == dict(zip(paths, (2, 1, 1), strict=True))
    assert "ZZ  - kept as it came" in paths[0].read_text(encoding="utf-8")
    other = make_review(name="other")
    for path, how in zip(paths, (EMBASE, SCOPUS, SCOPUS), strict=True):
        assert not import_file(other, path, how).rejected
    assert stored(other) == stored(review)


def test_a_search_gives_back_the_articles_of_its_answers(
    review: Review, make_review: Callable[..., Review], tmp_path: Path
) -> None:
    search(review, articles("One", "Two"), articles("One", "Two, corrected", "Three"))
    export_originals(review, [tmp_path / "back.xml"], Selection())
    other = make_review(name="other")
    import_file(other, tmp_path / "back.xml", Import("PubMed"))
    assert stored(other) == stored(review)
    assert "Two, corrected" in (tmp_path / "back.xml").read_text(encoding="utf-8")


def test_an_answer_that_is_missing_or_altered_is_told_and_nothing_is_written(review: Review, tmp_path: Path) -> None:
    (kept,) = search(review, articles("One"))
    kept.write_bytes(gzip.compress(articles("Other")))
    with pytest.raises(PrismaError, match="was altered"):
        export_originals(review, [tmp_path / "back.xml"], Selection())
    kept.unlink()
    with pytest.raises(PrismaError, match="is missing"):
        export_originals(review, [tmp_path / "back.xml"], Selection())
    assert not (tmp_path / "back.xml").exists()


def test_entries_of_other_formats_are_told_by_number_until_the_export_is_narrowed(
    review: Review, bring: Bring, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bring("a.ris", RIS.format(1) + RIS.format(2), EMBASE)
    bring("b.nbib", NBIB.format(1), SCOPUS)
    wish = ["-C", str(review.folder), "export", "--original", "-o", str(tmp_path / "back.ris")]
    assert run(wish) == 1
    told = capsys.readouterr().err
    assert "2 ris (.ris, .txt); 1 medline (.nbib, .txt)" in told
    assert not (tmp_path / "back.ris").exists()
    assert run([*wish, "--source", "Embase", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["records"] == 2


def test_tables_with_other_columns_do_not_share_a_file(review: Review, bring: Bring, tmp_path: Path) -> None:
    bring("a.csv", TABLE.format(1), EMBASE)
    bring("b.csv", "Title,Year\nInvented,2020\n", EMBASE)
    with pytest.raises(PrismaError, match=r"1 csv of a.csv .*; 1 csv of b.csv"):
        export_originals(review, [tmp_path / "back.csv"], Selection())
    export_originals(review, [tmp_path / "back.csv"], Selection(where="run = a.csv"))
    assert (tmp_path / "back.csv").read_text(encoding="utf-8") == TABLE.format(1).replace(";", ",")


def test_entries_that_would_run_into_each_other_are_refused(review: Review, bring: Bring, tmp_path: Path) -> None:
    bring("a.enw", "%0 Journal Article\n%A Smith, Jo\n", EMBASE)
    bring("b.enw", "%T A title without a type\n%A Lee, Ann\n", EMBASE)
    with pytest.raises(PrismaError, match="run into each other"):
        export_originals(review, [tmp_path / "back.enw"], Selection())
    assert not (tmp_path / "back.enw").exists()


def test_of_a_report_the_record_that_meets_the_condition_is_given_back(review: Review, bring: Bring, tmp_path: Path) -> None:
    bring("a.ris", RIS.format(1), EMBASE)
    bring("b.nbib", NBIB.format(1), SCOPUS)
    with review.store.write() as transaction:
        pair = {"other": "scopus:1", "verdict": "same", "reason": "by hand"}
        event_log.append(transaction, [event_log.Draft(EventKind.DUPLICATE, "embase:L1", reviewer="Ada", payload=pair)])
    unique = Selection("unique")
    (suffix,) = {".ris", ".nbib"} - {written(review, tmp_path, unique)}
    other = "Scopus" if suffix == ".nbib" else "Embase"
    assert written(review, tmp_path, Selection("unique", where=f"source = {other}")) == suffix


def written(review: Review, folder: Path, selection: Selection) -> str:
    """The suffix under which the originals of a selection of one record can be written."""
    for suffix in (".ris", ".nbib"):
        path = folder / f"one{suffix}"
        try:
            assert export_originals(review, [path], selection) == {path: 1}
        except PrismaError:
            continue
        return suffix
    pytest.fail("neither suffix fits")


def test_votes_and_unknown_suffixes_have_no_place_among_originals(review: Review, bring: Bring, tmp_path: Path) -> None:
    bring("a.ris", RIS.format(1), EMBASE)
    with pytest.raises(UsageError, match="without votes"):
        export_originals(review, [tmp_path / "a.ris"], Selection(votes=True))
    with pytest.raises(UsageError, match="originals are written as"):
        export_originals(review, [tmp_path / "a.xlsx"], Selection())
    with pytest.raises(PrismaError, match="No record is chosen"):
        export_originals(review, [tmp_path / "b.ris"], Selection("included"))
