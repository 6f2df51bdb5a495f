"""What a hostile or unlucky hand once broke stays mended."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prisma_tool.cli.main import run
from prisma_tool.dedupe import manual
from prisma_tool.dedupe.run import deduplicate
from prisma_tool.errors import DecisionError, PrismaError, ReviewError, StoreError, UsageError
from prisma_tool.file_io import read_file
from prisma_tool.flow.read import moment, read_flow
from prisma_tool.fulltext.retrieval import Retrieval, retrieve
from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.model.vocabulary import RetrievalStatus, Stage, Verdict
from prisma_tool.records.labels import label
from prisma_tool.review.environment import environment
from prisma_tool.review.open_review import Review, open_review
from prisma_tool.review.protocol.read import parse_protocol
from prisma_tool.screening.decision_csv import read_decisions
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.store.projections import rebuild, update
from prisma_tool.studies import links

MakeReview = Callable[..., Review]
FULL_DEVICE = Path("/dev/full")


@pytest.fixture
def review(make_review: MakeReview) -> Review:
    """Five unlike records, all included at title/abstract."""
    return make_review(once=_filled)


def _filled(made: Review) -> None:
    table = made.folder.with_name("five.csv")
    rows = [
        (f"L{n}", f"Invented title {word} {word} {word}") for n, word in enumerate(("alpha", "omega", "sigma", "theta", "kappa"))
    ]
    with table.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("accession", "title"), *rows])
    import_file(made, table, Import("Embase"))
    deduplicate(made, time.monotonic)
    decide(made, [Decision(f"embase:L{n}", Stage.TITLE_ABSTRACT, "Ada", Verdict.INCLUDE) for n in range(5)])


def clusters(review: Review) -> dict[str, str]:
    with review.store.read() as transaction:
        assert rebuild.differences(transaction) == []
        return update.clusters_of(transaction, [f"embase:L{n}" for n in range(5)])


def test_a_merge_leaves_clusters_behind_a_different_pair_as_they_are(review: Review) -> None:
    manual.merge(review, "embase:L2", "embase:L3", "Ada")
    manual.not_duplicate(review, "embase:L0", "embase:L2", "Ada")
    manual.merge(review, "embase:L0", "embase:L1", "Ada")
    found = clusters(review)
    assert found["embase:L2"] == found["embase:L3"]
    assert found["embase:L0"] == found["embase:L1"] != found["embase:L2"]


def test_a_merge_that_is_split_or_undone_restores_what_was(review: Review) -> None:
    before = clusters(review)
    manual.merge(review, "embase:L0", "embase:L1", "Ada")
    manual.split(review, "embase:L1", "Ada")
    assert clusters(review) == before
    manual.merge(review, "embase:L2", "embase:L3", "Ada")
    manual.merge(review, "embase:L3", "embase:L4", "Ada")
    between = clusters(review)
    manual.split(review, "embase:L3", "Ada")
    assert len(manual.undo_last(review, "Ada")) == 2
    assert clusters(review) == between
    assert [len(manual.undo_last(review, "Ada")) for _ in range(2)] == [1, 1]
    assert clusters(review) == before


def test_refused_retrievals_copy_no_document_and_a_second_document_keeps_the_first(review: Review, tmp_path: Path) -> None:
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / name).write_text(f"%PDF-1.7 {name}", encoding="utf-8")
    good = Retrieval("embase:L0", RetrievalStatus.RETRIEVED, tmp_path / "b.pdf")
    retrieve(review, [Retrieval("embase:L0", RetrievalStatus.RETRIEVED, tmp_path / "a.pdf")], "Ada")
    with pytest.raises(DecisionError, match="no record nope:1"):
        retrieve(review, [good, Retrieval("nope:1", RetrievalStatus.RETRIEVED)], "Ada")
    assert [path.read_text(encoding="utf-8") for path in (review.folder / "fulltext").iterdir()] == ["%PDF-1.7 a.pdf"]
    retrieve(review, [good], "Ada")
    kept = sorted(path.read_text(encoding="utf-8") for path in (review.folder / "fulltext").iterdir())
    assert kept == ["%PDF-1.7 a.pdf", "%PDF-1.7 b.pdf"]


def test_a_report_with_any_full_text_vote_cannot_become_not_retrieved(review: Review) -> None:
    decide(review, [Decision("embase:L0", Stage.FULL_TEXT, "Ada", Verdict.MAYBE)])
    with pytest.raises(DecisionError, match="assessed in full text"):
        retrieve(review, [Retrieval("embase:L0", RetrievalStatus.NOT_RETRIEVED)], "Ada")


def test_a_label_of_a_hundred_thousand_letters_is_refused(review: Review) -> None:
    with pytest.raises(DecisionError, match="at most 80 characters"):
        label(review, "embase:L1", "x" * 100_000, "Ada")


def test_a_decision_from_the_future_is_refused(review: Review, tmp_path: Path) -> None:
    table = tmp_path / "decisions.csv"
    table.write_text("key;verdict;decided_at\nembase:L0;exclude;2999-01-01\n", encoding="utf-8")
    with pytest.raises(DecisionError, match="lies in the future"):
        decide(review, read_decisions(table, review, "Ada"))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("key,verdict,verdict\nembase:L0,include,exclude\n", "twice"),
        ("key,verdict,decided_at\nembase:L0,include,0001-01-01T00:00:00+14:00\n", "outside the years"),
        ("key,verdict,decided_at\nembase:L0,include,yesterday\n", "line 2: 'yesterday'"),
        ("key,verdict\nembase:L0,include,stray\n", "more cells"),
        ("key,vote\nembase:L0,include\n", "no column 'verdict'"),
    ],
)
def test_a_wrong_table_of_decisions_is_refused_with_its_place(review: Review, tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "decisions.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DecisionError, match=complaint):
        read_decisions(tmp_path / "decisions.csv", review, "Ada")


def test_a_very_long_note_in_a_table_is_taken(review: Review, tmp_path: Path) -> None:
    (tmp_path / "decisions.csv").write_text(f"key,verdict,note\nembase:L0,exclude,{'n' * 300_000}\n", encoding="utf-8")
    assert len(read_decisions(tmp_path / "decisions.csv", review, "Ada")[0].note) == 300_000


def test_two_reasons_with_one_label_share_a_line(make_review: MakeReview, tmp_path: Path) -> None:
    made = make_review(toml_edits={'label = "Wrong outcome"': 'label = "wrong-population"'})
    (tmp_path / "two.csv").write_text("accession,title\n1,First invented title\n2,Second unlike name\n", encoding="utf-8")
    import_file(made, tmp_path / "two.csv", Import("Embase"))
    for key, reason in (("embase:1", "wrong-outcome"), ("embase:2", "Wrong population")):
        decide(made, [Decision(key, Stage.TITLE_ABSTRACT, "Ada", Verdict.INCLUDE)])
        decide(made, [Decision(key, Stage.FULL_TEXT, "Ada", Verdict.EXCLUDE, reason)])
    assert all(check.holds for check in read_flow(made).checks if check.kind == "strict")


def test_a_study_named_like_a_report_is_another_study(review: Review) -> None:
    decide(review, [Decision(f"embase:L{n}", Stage.FULL_TEXT, "Ada", Verdict.INCLUDE) for n in (0, 1)])
    links.link(review, "embase:L0", ["embase:L1"], "Ada")
    assert read_flow(review).new_studies.n == 2


@pytest.mark.parametrize("label", ["", "...", "😀"])
def test_a_source_needs_a_name_with_letters_or_digits(review: Review, tmp_path: Path, label: str) -> None:
    table = tmp_path / "six.csv"
    table.write_text("accession,title\nL6,An invented title\n", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot name a source"):
        import_file(review, table, Import(label))


def test_a_lost_database_beside_stored_answers_is_no_empty_review(review: Review) -> None:
    review.store.close()
    for path in review.folder.glob("review.db*"):
        path.unlink()
    with pytest.raises(StoreError, match="backup --list"), open_review(review.folder, review.environment, print):
        pytest.fail("it opened")


def test_a_database_path_in_the_protocol_starts_at_the_review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, elsewhere = tmp_path / "review", tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert run(["init", str(folder)]) == 0
    with (folder / "review.toml").open("a", encoding="utf-8") as stream:
        stream.write('[database]\nurl = "sqlite:///other.db"\n')
    monkeypatch.chdir(elsewhere)
    assert run(["-C", str(folder), "status"]) == 0
    assert (folder / "other.db").is_file()
    assert list(elsewhere.iterdir()) == []


def test_nobody_may_be_called_engine(review: Review) -> None:
    with pytest.raises(ReviewError, match="deduplication signs"):
        parse_protocol('reviewers = ["Engine"]')
    with pytest.raises(UsageError, match="deduplication signs"):
        review.reviewer("engine")


def test_values_nested_without_end_are_refused() -> None:
    with pytest.raises(ReviewError, match=r"too deeply|not valid TOML"):
        parse_protocol("x = " + "[" * 100_000)


def test_moments_outside_the_calendar_are_refused() -> None:
    with pytest.raises(UsageError, match="outside the years"):
        moment("9999-12-31T23:59:59-14:00")


@pytest.mark.parametrize("address", ["nonsense", "http://[::1", "ftp://example.org"])
def test_an_address_that_cannot_work_is_refused_at_once(tmp_path: Path, address: str) -> None:
    with pytest.raises(UsageError, match="PRISMA_TOOL_CTGOV_URL"):
        environment({"PRISMA_TOOL_CTGOV_URL": address}, tmp_path)


@pytest.mark.posix
def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PrismaError, match="device or pipe"):
        read_file(tmp_path / "pipe")


def test_several_figures_are_written_all_or_none(review: Review, tmp_path: Path) -> None:
    wanted = ["-o", str(tmp_path / "good.svg"), "-o", str(tmp_path / "bad.xyz")]
    assert run(["-C", str(review.folder), "flow", *wanted]) == 2
    assert not (tmp_path / "good.svg").exists()


@pytest.mark.parametrize("arguments", [["decide", "k\udcff", "include"], ["log", "--key", "\udcff"], ["init", ""]])
def test_arguments_that_are_no_text_are_a_usage_error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert "prisma-tool:" in capsys.readouterr().err


OUTPUTS = {
    "flow": "svg pdf png tiff eps docx pptx html csv txt json md",
    "export": "ris nbib bib xml csv tsv xlsx jsonl json",
    "report search": "md docx csv",
    "report methods": "md docx txt",
    "report agreement": "md docx csv",
}


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="names of files are text here")
@pytest.mark.parametrize("command", OUTPUTS)
def test_outputs_go_into_a_folder_whose_name_is_no_text_and_its_name_is_printed(
    review: Review, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    files = [folder / os.fsdecode(b"\xff.%s" % suffix.encode()) for suffix in OUTPUTS[command].split()]
    wanted = [word for file in files for word in ("-o", str(file))]
    assert run(["-C", str(review.folder), *command.split(), *wanted]) == 0
    assert all(file.stat().st_size for file in files)
    told = "".join(capsys.readouterr())
    assert all(f"caf\N{REPLACEMENT CHARACTER}/\N{REPLACEMENT CHARACTER}{file.suffix}" in told for file in files)


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="names of files are text here")
def test_a_review_lives_in_a_folder_whose_name_is_no_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / os.fsdecode(b"caf\xe9"))
    assert run(["init", folder, "--reviewer", "Ada"]) == 0
    assert [run(["-C", folder, command]) for command in ("status", "doctor", "log")] == [0, 0, 0]
    assert run(["-C", folder, "flow", "-o", f"{folder}/none/figure.svg"]) == 1
    assert "caf\N{REPLACEMENT CHARACTER}/none does not exist" in capsys.readouterr().err


def program(review: Review, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "prisma_tool", "-C", str(review.folder), *arguments]
    return subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False, **options)


@pytest.mark.skipif(not FULL_DEVICE.exists(), reason="no /dev/full here")
def test_output_onto_a_full_disk_is_told_without_a_traceback(review: Review) -> None:
    with FULL_DEVICE.open("w") as full:
        done = program(review, "status", "--json", stdout=full)
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_terminal_without_the_characters_gets_substitutes(review: Review) -> None:
    done = program(review, "flow", stdout=subprocess.PIPE, env={**os.environ, "PYTHONIOENCODING": "latin-1"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "(n = 5)" in done.stdout


def test_a_file_of_another_database_is_imported_under_the_given_label_and_told(review: Review, tmp_path: Path) -> None:
    study = {"protocolSection": {"identificationModule": {"nctId": "NCT99000001", "briefTitle": "An invented trial"}}}
    (tmp_path / "study.json").write_text(json.dumps(study), encoding="utf-8")
    report = import_file(review, tmp_path / "study.json", Import("Scopus"))
    assert report.new == 1
    assert report.warnings == ("The file seems to come from ClinicalTrials.gov; its records are kept under Scopus, as you said.",)
