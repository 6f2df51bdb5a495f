"""The deposit of a review: what is in it, what is not, and that `verify` recomputes it without the review and notices what was changed."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bundle_changes
import pytest
from rocrate.rocrate import ROCrate

from prisma_tool.cli.main import run
from prisma_tool.errors import ExitCode, PrismaError, ReviewError
from prisma_tool.figure.words.options import PLAIN
from prisma_tool.figure.write import RENDERERS
from prisma_tool.flow.read import read_flow
from prisma_tool.flow.scope import Scope
from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.manuscript.bundle import canonical
from prisma_tool.manuscript.bundle.container import ArchiveWriter
from prisma_tool.manuscript.bundle.deposited_review import deposited_review
from prisma_tool.manuscript.bundle.derived import derived_files
from prisma_tool.manuscript.bundle.metadata import CRATE, MANIFEST, crate
from prisma_tool.manuscript.bundle.numbers import number_keys
from prisma_tool.manuscript.bundle.primary import PRIMARY, PROTOCOL
from prisma_tool.manuscript.bundle.settings import SETTINGS, manifest_of, read_settings
from prisma_tool.manuscript.bundle.verify import verify
from prisma_tool.manuscript.bundle.write import BundleReport, BundleRequest, write_bundle
from prisma_tool.model.log.contents import public_hash
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.vocabulary import Stage
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, open_review
from prisma_tool.store.projections.log_head import log_head
from prisma_tool.studies import links

if TYPE_CHECKING:
    from tests.integration.conftest import Bench


def bundled(review: Review, path: Path, **request: Any) -> BundleReport:
    return write_bundle(review, path, BundleRequest(**request), {})


@pytest.fixture
def demo_deposit(built_demo: Path) -> Path:
    """The deposit of the worked example, written by the first test that asks for it; it is only read."""
    path = built_demo.parent / "deposit.zip"
    if not path.exists():
        with open_review(built_demo, Environment(), print) as review:
            bundled(review, path)
    return path


def table(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[name].decode())))


def test_the_demos_deposit_is_recomputed_in_an_empty_folder(
    demo_deposit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with chdir(tmp_path):
        assert run(["verify", str(demo_deposit)]) == ExitCode.DONE
    assert list(tmp_path.iterdir()) == []
    lines = capsys.readouterr().out.splitlines()
    assert "All 29 numbers of the figure were recomputed from the deposit." in lines
    assert lines[-1].startswith(
        "It is internally consistent. Who changed it and recomputed all that follows would not be noticed"
    )


def test_numbers_and_figure_are_those_of_the_review(built_demo: Path, demo_deposit: Path) -> None:
    with open_review(built_demo, Environment(), print) as review:
        flow = read_flow(review)
    files = bundle_changes.unpack(demo_deposit)
    assert json.loads(files["numbers.json"]).keys() == set(number_keys(flow))
    assert files["figure.svg"] == RENDERERS[".svg"](flow, PLAIN)
    assert files["flow.json"] == RENDERERS[".json"](flow, PLAIN)


def test_the_same_state_gives_the_same_bytes(built_demo: Path, demo_deposit: Path, tmp_path: Path) -> None:
    with open_review(built_demo, Environment(), print) as review:
        bundled(review, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == demo_deposit.read_bytes()


def test_the_description_is_a_research_object_crate_of_all_its_files(demo_deposit: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(demo_deposit) as archive:
        archive.extractall(tmp_path)
    crate = ROCrate(tmp_path)
    assert (crate.name or "").startswith("CAR-T cells")
    assert crate.license == "https://creativecommons.org/licenses/by/4.0/" or crate.license["name"]
    assert str(crate.datePublished)[:2] == "20"
    described = {entity.id for entity in crate.data_entities}
    present = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert described == present - {"ro-crate-metadata.json"}
    graph = json.loads((tmp_path / "ro-crate-metadata.json").read_text())["@graph"]
    ids = [entity["@id"] for entity in graph]
    assert len(set(ids)) == len(ids)
    assert all("@type" in entity for entity in graph)
    descriptor = next(entity for entity in graph if entity["@id"] == "ro-crate-metadata.json")
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.2"}
    assert {entity["@type"] for entity in graph} >= {"Dataset", "File", "CreateAction", "SoftwareApplication"}
    assert _references(graph) <= set(ids) | {"https://w3id.org/ro/crate/1.2"}


def _references(value: Any) -> set[str]:
    """All ids that something in the graph refers to."""
    if isinstance(value, list):
        return set().union(*map(_references, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    return {value["@id"]} if value.keys() == {"@id"} else set().union(*map(_references, value.values()))


def test_no_reviewer_and_no_abstract_is_in_it(demo_deposit: Path) -> None:
    for name, data in bundle_changes.unpack(demo_deposit).items():
        plain = gzip.decompress(data) if name.endswith(".gz") else data
        assert b"ada demo" not in plain.lower(), name
        assert b"<Abstract" not in plain, name
        assert name.startswith("raw/") or b"Chimeric antigen receptor T cells have changed the care" not in plain, name


def test_answers_are_deposited_where_their_licence_allows_it_and_hashes_of_all(demo_deposit: Path) -> None:
    files = bundle_changes.unpack(demo_deposit)
    runs = {run["source"]: run for run in map(json.loads, files["data/runs.jsonl"].splitlines())}
    assert [("deposited" in entry) for entry in runs["pubmed"]["raw"]] == [True, True, True, True]
    assert [("deposited" in entry) for entry in runs["ctgov"]["raw"]] == [True]
    assert [("deposited" in entry) for entry in runs["embase"]["raw"]] == [False]
    whole = runs["ctgov"]["raw"][0]
    assert whole["deposited"]["sha256"] == whole["sha256"]
    stripped = runs["pubmed"]["raw"][1]
    assert stripped["deposited"]["sha256"] != stripped["sha256"]
    assert len(stripped["sha256"]) == 64
    assert runs["embase"]["raw"][0]["sha256"]


def test_a_published_head_is_compared_and_another_is_not_contained(
    built_demo: Path, demo_deposit: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_review(built_demo, Environment(), print) as review, review.store.read() as transaction:
        head = log_head(transaction).head
    assert run(["verify", str(demo_deposit), "--head", head]) == ExitCode.DONE
    assert (
        "The public fields of the log (verdicts, reasons, what was joined, when) are those whose head was published."
        in capsys.readouterr().out
    )
    assert run(["verify", str(demo_deposit), "--head", "0" * 64]) == ExitCode.CHECK_FAILED
    assert "does not hold: published head" in capsys.readouterr().out
    assert run(["verify", str(demo_deposit), "--head", "short"]) == ExitCode.USAGE
    assert run(["verify", str(demo_deposit), "--head", ""]) == ExitCode.USAGE


def test_random_single_changes_are_all_noticed(demo_deposit: Path) -> None:
    tally: Counter[str] = Counter()
    assert bundle_changes.unnoticed(demo_deposit, 12, 2, tally) == []
    assert tally.total() == 12


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (bundle_changes.change_vote, "was changed: its content does not fit its SHA-256"),
        (bundle_changes.leave_out, ""),
    ],
)
def test_a_careful_change_is_named(
    change: Callable[[dict[str, bytes], random.Random], str], words: str, demo_deposit: Path, tmp_path: Path
) -> None:
    files = bundle_changes.unpack(demo_deposit)
    change(files, random.Random(3))
    (tmp_path / "changed.zip").write_bytes(bundle_changes.pack(files))
    result = verify(tmp_path / "changed.zip")
    assert not result.holds
    assert words in " ".join(result.sentences())


def test_the_first_number_that_differs_is_named(demo_deposit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = bundle_changes.unpack(demo_deposit)
    flow = json.loads(files["flow.json"])
    flow["counts"]["records_screened"] += 1
    files["flow.json"] = (json.dumps(flow, ensure_ascii=False, indent=2) + "\n").encode()
    (tmp_path / "changed.zip").write_bytes(bundle_changes.pack(files))
    assert run(["verify", str(tmp_path / "changed.zip")]) == ExitCode.CHECK_FAILED
    assert "numbers: the number records_screened is 530 in flow.json; the data give 529." in capsys.readouterr().out


def test_another_version_of_the_program_is_named(demo_deposit: Path, tmp_path: Path) -> None:
    files = bundle_changes.unpack(demo_deposit)
    files[SETTINGS] = canonical.document({**json.loads(files[SETTINGS]), "tool_version": "9.8.7"})
    (tmp_path / "other.zip").write_bytes(bundle_changes.pack(files))
    assert "written by prisma-tool 9.8.7" in next(iter(verify(tmp_path / "other.zip").sentences()))


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\5\6" + b"\0" * 18])
def test_what_is_no_deposit_is_refused(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    assert run(["verify", str(tmp_path / "x.zip")]) == ExitCode.FAILED
    assert "is no deposit of a review" in capsys.readouterr().err


def test_the_outcome_is_one_json_object(demo_deposit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", str(demo_deposit), "--json"]) == ExitCode.DONE
    answer = json.loads(capsys.readouterr().out)
    assert (answer["holds"], answer["numbers"], answer["compared_with_published_head"]) == (True, 29, False)
    assert all(check["holds"] for check in answer["checks"])


# --- two people, an update, and what must stay out --------------------------------------------------------------------------------


@pytest.fixture
def updated(make_bench: Callable[..., Bench]) -> Bench:
    """2023: two of four included by both. Since then one more is found, included by both; Ada and Grace."""
    bench = make_bench(
        reviewers=("Ada Lovelace", "Grace Hopper"), toml_edits={"reviewers_per_record = 1": "reviewers_per_record = 2"}
    )
    people = ("Ada Lovelace", "Grace Hopper")
    bench.given("Embase", "1", "2", "3", "4")
    for who in people:
        bench.vote("include", "embase:1", "embase:2", by=who)
        bench.vote("exclude", "embase:3", "embase:4", by=who)
    for who in people:
        bench.vote("include", "embase:1", "embase:2", stage=Stage.FULL_TEXT, by=who)
    links.link(bench.review, "Moreau 2019", ["embase:1"], "Ada Lovelace")
    bench.dedupe()
    close_as(bench, "2023")
    bench.given("Embase", "1", "5")
    for who in people:
        bench.vote("include", "embase:5", by=who)
    for who in people:
        bench.vote("include", "embase:5", stage=Stage.FULL_TEXT, by=who)
    bench.dedupe()
    return bench


def close_as(bench: Bench, label: str) -> None:
    from prisma_tool.flow.close_with_counts import close

    close(bench.review, label, "Ada Lovelace")


@pytest.mark.parametrize("version", ["", "2023"])
def test_a_review_of_two_with_an_update_is_recomputed_in_each_version(updated: Bench, version: str, tmp_path: Path) -> None:
    report = bundled(updated.review, tmp_path / "review.zip", version=version)
    result = verify(tmp_path / "review.zip", report.head)
    assert (result.holds, result.version, result.compared) == (True, version, True), list(result.sentences())
    flow = read_flow(updated.review, scope=Scope(version=version))
    files = bundle_changes.unpack(tmp_path / "review.zip")
    counts = json.loads(files["flow.json"])["counts"]
    assert counts["new_reports"] == flow.new_reports.n == (1 if not version else 2)
    assert counts["previous_reports"] == (2 if not version else None)


def test_reviewers_are_pseudonyms_throughout_and_the_head_is_still_that_of_the_review(updated: Bench, tmp_path: Path) -> None:
    report = bundled(updated.review, tmp_path / "review.zip")
    files = bundle_changes.unpack(tmp_path / "review.zip")
    assert {row["reviewer"] for row in table(files, "decisions.csv")} == {"R1", "R2"}
    assert b'reviewers = ["R' in files["protocol/review.toml"]
    for name, data in files.items():
        assert not any(person in data for person in (b"Lovelace", b"Hopper")), name
    with updated.review.store.read() as transaction:
        assert report.head == log_head(transaction).head == verify(tmp_path / "review.zip").head


def test_a_head_from_before_later_work_is_contained(updated: Bench, tmp_path: Path) -> None:
    with updated.review.store.read() as transaction:
        before = log_head(transaction).head
    updated.vote("include", "embase:3", by="Ada Lovelace")
    bundled(updated.review, tmp_path / "review.zip")
    result = verify(tmp_path / "review.zip", before)
    assert result.holds
    assert "1 event since" in next(check.detail for check in result.checks if check.name == "published head")
    assert "1 event came after the state whose head was published, and that head proves nothing of them." in [*result.sentences()]


def with_a_changed_vote(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files with one verdict turned round and its hash made to fit."""
    lines = [json.loads(line) for line in files["log.jsonl"].splitlines()]
    line = next(line for line in lines if line["public"]["kind"] == "decision")
    line["public"]["payload"]["verdict"] = "exclude" if line["public"]["payload"]["verdict"] == "include" else "include"
    line["sha256"] = public_hash(line["public"], line["commitment"])
    return {**files, "log.jsonl": b"".join(map(canonical.line_of, lines))}


def made_anew(files: dict[str, bytes], target: Path) -> None:
    """Write a deposit of which everything follows from its data, as somebody would who wants to deceive."""
    settings = read_settings(files[SETTINGS])
    kept = [name for name in files if name in (*PRIMARY, SETTINGS) or name.startswith("raw/")]
    with (
        target.open("w+b") as stream,
        deposited_review(files[PROTOCOL].decode(), lambda name: iter(files[name].splitlines(keepends=True)), settings) as review,
    ):
        archive = ArchiveWriter(stream)
        for name in kept:
            archive.add(name, [files[name]])
        for name, pieces in derived_files(review):
            archive.add(name, pieces())
        archive.add(CRATE, [crate(review, facts(archive))])
        archive.add(MANIFEST, [manifest_of(settings, review.summary.head, review.summary.events, facts(archive))])
        archive.finish()


def facts(archive: ArchiveWriter) -> dict[str, dict[str, Any]]:
    return {entry.name: {"size": entry.size, "sha256": entry.sha256, "packed": entry.packed} for entry in archive.entries}


def test_a_vote_that_was_changed_with_its_hash_is_noticed_by_the_numbers(updated: Bench, tmp_path: Path) -> None:
    head = bundled(updated.review, tmp_path / "review.zip").head
    files = with_a_changed_vote(bundle_changes.unpack(tmp_path / "review.zip"))
    (tmp_path / "changed.zip").write_bytes(bundle_changes.pack(files))
    names = {check.name for check in verify(tmp_path / "changed.zip", head).checks if not check.holds}
    assert {"published head", "log", "numbers"} <= names


def test_a_deposit_that_was_made_anew_around_a_changed_vote_is_noticed_by_a_published_head_alone(
    updated: Bench, tmp_path: Path
) -> None:
    head = bundled(updated.review, tmp_path / "review.zip").head
    files = bundle_changes.unpack(tmp_path / "review.zip")
    made_anew(files, tmp_path / "same.zip")
    assert (tmp_path / "same.zip").read_bytes() == (tmp_path / "review.zip").read_bytes()
    made_anew(with_a_changed_vote(files), tmp_path / "changed.zip")
    assert verify(tmp_path / "changed.zip").holds
    result = verify(tmp_path / "changed.zip", head)
    assert [check.name for check in result.checks if not check.holds] == ["published head"]


def test_a_vote_that_somebody_sealed_so_that_no_head_proves_it_is_refused(updated: Bench, tmp_path: Path) -> None:
    bundled(updated.review, tmp_path / "review.zip")
    files = bundle_changes.unpack(tmp_path / "review.zip")
    lines = [json.loads(line) for line in files["log.jsonl"].splitlines()]
    line = next(line for line in lines if line["public"]["kind"] == "decision")
    del line["commitment"]
    line["sealed"] = True
    files["log.jsonl"] = b"".join(map(canonical.line_of, lines))
    (tmp_path / "changed.zip").write_bytes(bundle_changes.pack(files))
    assert "only texts of the protocol are sealed" in verify(tmp_path / "changed.zip").checks[-1].detail


def test_rows_that_contradict_each_other_are_a_failed_check(updated: Bench, tmp_path: Path) -> None:
    bundled(updated.review, tmp_path / "review.zip")
    files = bundle_changes.unpack(tmp_path / "review.zip")
    name = "data/deliveries.jsonl"
    files[name] = files[name].replace(b"embase:1", b"embase:x", 1)
    (tmp_path / "changed.zip").write_bytes(bundle_changes.pack(files))
    checks = verify(tmp_path / "changed.zip").checks
    assert (checks[-1].holds, checks[-1].detail) == (False, "rows of its data stand there twice, or refer to what is not there")


def test_a_name_in_a_reason_that_somebody_typed_is_refused_and_nothing_written(updated: Bench, tmp_path: Path) -> None:
    links.link(updated.review, "The trial that grace  hopper knows", ["embase:2"], "Ada Lovelace")
    with pytest.raises(ReviewError, match=r"log\.jsonl would hold somebody's name"):
        bundled(updated.review, tmp_path / "review.zip")
    assert not list(tmp_path.glob("*.zip"))
    assert not list(tmp_path.glob(".*.part"))


def test_a_secret_of_the_surroundings_is_refused_wherever_it_stands(updated: Bench, tmp_path: Path) -> None:
    links.link(updated.review, "Study 0123abcd", ["embase:2"], "Ada Lovelace")
    with pytest.raises(ReviewError, match=r"would hold the value of NCBI_API_KEY"):
        write_bundle(updated.review, tmp_path / "review.zip", BundleRequest(), {"NCBI_API_KEY": "0123ABCD"})


@pytest.mark.parametrize("agreed", [False, True])
def test_notes_stay_out_unless_the_team_agreed(agreed: bool, make_bench: Callable[..., Bench], tmp_path: Path) -> None:
    rules = f"[bundle]\nnotes = {str(agreed).lower()}\nname_reviewers = true\n[criteria]"
    bench = make_bench(toml_edits={"[criteria]": rules})
    bench.given("Embase", "1")
    bench.stated(EventKind.NOTE, "embase:1", text="Sloppy authors")
    bundled(bench.review, tmp_path / "review.zip")
    log = bundle_changes.unpack(tmp_path / "review.zip")["log.jsonl"]
    assert (b"Sloppy authors" in log) is agreed
    assert b'"reviewer":"Ada"' in log
    assert verify(tmp_path / "review.zip").holds


@pytest.mark.parametrize("agreed", [False, True])
def test_names_of_imported_files_and_of_people_who_were_asked_stay_out_unless_agreed(
    agreed: bool, make_bench: Callable[..., Bench], tmp_path: Path
) -> None:
    flag = str(agreed).lower()
    asked = '[[search]]\nname = "experts"\nsource = "Experts"\nkind = "other"\nhow = ["Dr Okonkwo was asked."]\n'
    bench = make_bench(toml_edits={"[criteria]": f"{asked}[bundle]\nnotes = {flag}\nname_authors = {flag}\n[criteria]"})
    (tmp_path / "okonkwo_export.ris").write_text("TY  - JOUR\nTI  - A trial of walking\nER  - \n")
    import_file(bench.review, tmp_path / "okonkwo_export.ris", Import("Embase"))
    bundled(bench.review, tmp_path / "review.zip")
    files = bundle_changes.unpack(tmp_path / "review.zip")
    named = {name for name, content in files.items() if b"okonkwo" in content.lower()}
    assert named == ({"data/runs.jsonl", "runs.csv", "protocol/review.toml", "log.jsonl"} if agreed else set())
    assert verify(tmp_path / "review.zip").holds


def test_declared_strategies_are_deposited_also_where_they_lie_in_files(make_bench: Callable[..., Bench], tmp_path: Path) -> None:
    bench = make_bench()
    folder = bench.review.folder
    (folder / "ovid.txt").write_text("1 exp Leukemia/\n2 1 and car-t.mp.\n")
    searches = '[[search]]\nname = "{}"\nsource = "{}"\n{}\n'
    with (folder / "review.toml").open("a") as protocol:
        protocol.write(searches.format("ovid", "Embase", 'strategy_file = "ovid.txt"'))
        protocol.write(searches.format("lost", "PsycINFO", 'strategy_file = "lost.txt"'))
        protocol.write(searches.format("ebsco", "CINAHL", 'strategy = "MH leukemia"'))
    with open_review(folder, Environment(), print) as review:
        report = bundled(review, tmp_path / "review.zip")
    files = bundle_changes.unpack(tmp_path / "review.zip")
    assert sorted(text.strip() for name, text in files.items() if name.startswith("strategies/")) == [
        b"1 exp Leukemia/\n2 1 and car-t.mp.",
        b"MH leukemia",
    ]
    assert any("lost.txt" in sentence for sentence in report.left_out)


def test_a_sample_of_decisions_is_blind_and_the_same_for_the_same_seed(updated: Bench, tmp_path: Path) -> None:
    samples = []
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2"), ("d", "")):
        bundled(updated.review, tmp_path / f"{name}.zip", audit=4, seed=seed)
        assert verify(tmp_path / f"{name}.zip").holds
        samples.append(bundle_changes.unpack(tmp_path / f"{name}.zip"))
    sheet, key = table(samples[0], "audit/sheet.csv"), table(samples[0], "audit/key.csv")
    assert len(sheet) == len(key) == 4
    assert {(row["verdict"], row["reason"]) for row in sheet} == {("", "")}
    assert all(row["title"].startswith("A trial of treatment") for row in sheet)
    assert {row["verdict"] for row in key} <= {"include", "exclude"}
    assert samples[0]["audit/sheet.csv"] == samples[1]["audit/sheet.csv"] != samples[2]["audit/sheet.csv"]
    assert json.loads(samples[3][SETTINGS])["audit"]["seed"] == json.loads(samples[3]["manifest.json"])["head"]


def test_a_deposit_is_a_zip_file_and_a_seed_is_for_a_sample(updated: Bench, tmp_path: Path) -> None:
    folder = str(updated.review.folder)
    assert run(["-C", folder, "report", "bundle", "-o", str(tmp_path / "review.tar")]) == ExitCode.USAGE
    assert run(["-C", folder, "report", "bundle", "-o", str(tmp_path / "review.zip"), "--seed", "1"]) == ExitCode.USAGE


def test_a_version_that_was_never_closed_is_refused(updated: Bench, tmp_path: Path) -> None:
    with pytest.raises(PrismaError, match="There is no closed version 'x'"):
        bundled(updated.review, tmp_path / "review.zip", version="x")
