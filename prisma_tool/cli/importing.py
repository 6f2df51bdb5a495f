"""`import`: how records come in from files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say, tell
from prisma_tool.errors import EncodingInDoubt, ExitCode, PrismaError, UsageError, worst
from prisma_tool.model.text import clean, one_line
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict

if TYPE_CHECKING:
    from prisma_tool.identify.files.declared_search import SearchOfFile
    from prisma_tool.identify.files.import_file import FileReport, Import
    from prisma_tool.review.open_review import Review

_LISTED = 20
"""Further rejects and columns are counted; the rejects' file and `--json` have them all."""


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--source", metavar="NAME", help="The database or other source that the files come from; not needed with --search.")
@click.option(
    "--search", "search_name", default="", metavar="NAME", help="The declared search of review.toml that found the files."
)
@click.option("--searched-on", metavar="DATE", help="The day of that search, such as 2026-01-31; a rerun has its own.")
@click.option("--hits", type=click.IntRange(min=0), metavar="N", help="How many hits the source announced on that day.")
@click.option("--kind", type=click.Choice([kind.value for kind in SourceKind]), help="What the source is; else as it shows.")
@click.option("--format", "file_format", metavar="F", help="The files' format, where their content does not tell.")
@click.option("--encoding", metavar="NAME", help="The files' encoding, where it is in doubt, such as cp1251 or gb18030; decides.")
@click.option("--source-column", metavar="C", help="Take each row's source from this column of a table.")
@click.option("--column", "columns", multiple=True, metavar="FIELD=HEADER", help="Read a field of a table from this column.")
@click.option("--check", is_flag=True, help="Do everything but store.")
@click.option("--decisions", is_flag=True, help="Also take over decisions, labels and notes of Rayyan, Covidence, ASReview, ...")
@click.option(
    "--reviewer",
    "people",
    multiple=True,
    metavar="[THEIRS=]NAME",
    help="With --decisions: who decided where the file does not say, or who a name in the file is.",
)
@click.option("--stage", type=click.Choice([stage.value for stage in Stage]), help="With --decisions: the stage of the file.")
@click.option(
    "--verdict",
    type=click.Choice([verdict.value for verdict in Verdict]),
    help="With --decisions: the verdict on all records of a file that tells none, such as Covidence's lists.",
)
@json_option
@pass_caller
def import_command(
    caller: Caller,
    files: tuple[Path, ...],
    source: str | None,
    search_name: str,
    searched_on: str | None,
    hits: int | None,
    kind: str | None,
    file_format: str | None,
    encoding: str | None,
    source_column: str | None,
    columns: tuple[str, ...],
    check: bool,
    decisions: bool,
    people: tuple[str, ...],
    stage: str | None,
    verdict: str | None,
    as_json: bool,
) -> int:
    """Import citation FILEs, or all files of a folder, each file all or nothing.

    Read are RIS, MEDLINE, BibTeX, EndNote XML and tagged text, Web of Science, Ovid, RefWorks, NoteExpress, EBSCO XML, PubMed XML,
    ClinicalTrials.gov, EUCTR and ICTRP downloads, CSV, TSV, XLSX, CSL-JSON and JSON lines. The content decides, never the file's name.
    """
    from prisma_tool.formats.text.encodings.given_encoding import known_encoding
    from prisma_tool.identify.files.folders import listing
    from prisma_tool.identify.files.import_file import Import

    if not decisions and (people or stage or verdict):
        raise UsageError("--reviewer, --stage and --verdict say how decisions are taken over; add --decisions.")
    codec = known_encoding(encoding) if encoding else None
    stated = _search_of_files(search_name, searched_on, hits)
    listed = listing(files)
    with caller.review() as review:
        listener = _listener(review, people, stage, verdict) if decisions else None
        how = Import(
            _source(review, source, search_name),
            SourceKind(kind) if kind else None,
            file_format,
            source_column,
            _columns(columns),
            listener,
            codec,
            stated,
            listed.folders,
        )
        reports, codes = _all_files(review, listed.files, how, check=check, quiet=as_json)
    for path in listed.skipped:
        tell(f"Passed over: {path}")
    if as_json:
        print_json({"files": reports, **({"skipped": [clean(str(path)) for path in listed.skipped]} if listed.skipped else {})})
    elif not check and any(file["new"] for file in reports):
        say("Next: prisma-tool dedupe")
    return worst(codes)


def _search_of_files(name: str, searched_on: str | None, hits: int | None) -> SearchOfFile:
    from prisma_tool.identify.files.declared_search import SearchOfFile
    from prisma_tool.review.protocol.declared_table import day_of

    day = day_of(searched_on) if searched_on else None
    if searched_on and day is None:
        raise UsageError(f"--searched-on '{searched_on}' is no day such as 2026-01-31.")
    return SearchOfFile(name, day, hits)


def _source(review: Review, source: str | None, search_name: str) -> str:
    """The label of the files' source: as given, else that of the search that found them."""
    from prisma_tool.identify.files.declared_search import named_search

    if not source and not search_name:
        raise UsageError("Say where the files come from: --source NAME, or --search NAME for a search that review.toml declares.")
    return source or named_search(review.protocol, search_name).source


def _listener(review: Review, people: tuple[str, ...], stage: str | None, verdict: str | None) -> Any:
    from prisma_tool.updates.import_decisions import DecisionImportOptions, decision_importer

    named = dict(_pair(text, "--reviewer") if "=" in text else ("", text) for text in people)
    options = DecisionImportOptions(named, Stage(stage) if stage else Stage.TITLE_ABSTRACT, Verdict(verdict) if verdict else None)
    return decision_importer(review, options)


def _columns(pairs: tuple[str, ...]) -> dict[str, str]:
    return dict(_pair(pair, "--column") for pair in pairs)


def _pair(text: str, option: str) -> tuple[str, str]:
    left, sign, right = (part.strip() for part in text.partition("="))
    if not (left and sign and right):
        raise UsageError(f"{option} '{text}' should be two names with = between them.")
    return left, right


def _all_files(
    review: Review, paths: tuple[Path, ...], how: Import, *, check: bool, quiet: bool
) -> tuple[list[dict[str, Any]], list[ExitCode]]:
    """Each file by itself; one that fails is told and leaves the others alone."""
    from prisma_tool.identify.files.import_file import check_file, import_file

    reports: list[dict[str, Any]] = []
    codes = [ExitCode.DONE]
    for path in paths:
        try:
            report = check_file(review, path, how) if check else import_file(review, path, how)
        except PrismaError as error:
            tell(f"prisma-tool: {error.message}" if str(path) in error.message else f"prisma-tool: {path}: {error.message}")
            reports.append(_failed(path, error))
            codes.append(error.exit_code)
            continue
        reports.append(_as_json(report, check=check))
        if not quiet:
            _say_file(report, how, check=check)
    if len(paths) > 1 and len(codes) > 1:
        tell(f"{len(codes) - 1} of {len(paths)} files could not be imported; the others were.")
    return reports, codes


def _failed(path: Path, error: PrismaError) -> dict[str, Any]:
    nothing = dict.fromkeys(("declared", "parsed", "new", "seen", "changed"), 0)
    failed: dict[str, Any] = {
        "path": clean(str(path)),
        "format": None,
        "encoding": None,
        **nothing,
        "rejected": [],
        "error": clean(error.message),
    }
    if isinstance(error, EncodingInDoubt):
        failed["readings"] = [{"encoding": encoding, "lines": list(lines)} for encoding, lines in error.readings]
    return failed


def _as_json(report: FileReport, *, check: bool) -> dict[str, Any]:
    from prisma_tool.identify.files.declared_search import as_json as search_json

    data = asdict(report)
    if not check:
        del data["preview"]
    data["searches"] = [search_json(time) for time in report.searches]
    data["rejected"] = [{"line": line, "reason": reason} for line, reason in report.rejected]
    return data


def _say_file(report: FileReport, how: Import, *, check: bool) -> None:
    encoding = f"{report.encoding} as you said" if report.encoding_given else report.encoding
    say(
        f"{one_line(report.path)} ({report.format}, {encoding}), {how.source} ({report.kind}): {report.declared} declared = "
        f"{report.parsed} read + {len(report.rejected)} rejected; {report.new} new, {report.seen} seen before, {report.changed} changed"
    )
    if report.known_file:
        say("  This file was imported before; nothing was added.")
    _say_searches(report)
    _say_content(report, how)
    for line, reason in report.rejected[:_LISTED]:
        say(f"  rejected, line {line}: {reason}")
    if len(report.rejected) > _LISTED:
        say(f"  and {len(report.rejected) - _LISTED} more rejects")
    if report.rejects_file:
        say(f"  The rejects are in {report.rejects_file}: mend and import that file.")
    for warning in report.warnings:
        say(f"  warning: {warning}")
    for finding in report.findings:
        say(f"  look at this: {finding.sentence}")
    _say_earlier_work(report)
    if check:
        say("  Only checked; nothing was stored.")


def _say_searches(report: FileReport) -> None:
    """Each declared search that the file is of, held against its imports."""
    from prisma_tool.identify.files.declared_search import sentence_of

    for line in (*map(sentence_of, report.searches), *report.search_notes):
        say(f"  {line}")


def _say_content(report: FileReport, how: Import) -> None:
    """What a librarian looks at: gaps, columns, entries of registers."""
    gaps = [f"{n} without {'DOI' if name == 'doi' else name}" for name, n in report.missing.items() if n]
    if gaps:
        say(f"  {', '.join(gaps)}")
    if report.register_entries and report.register_entries < report.parsed:
        say(f"  {report.register_entries} are trial register entries, counted under {how.source} like the rest")
    if report.mapping:
        pairs = [f"{field} = “{header}”" for field, header in report.mapping.items()]
        say(f"  columns: {', '.join(pairs)} (--column FIELD=HEADER changes this)")


def _say_earlier_work(report: FileReport) -> None:
    work = report.earlier_work
    if work is None:
        if report.speaking:
            say(f"  {report.speaking} entries carry decisions of reviewers; --decisions takes them over.")
        return
    say(
        f"  earlier work ({', '.join(work.programs) or 'none found'}): {work.decisions} decisions"
        f"{' by ' + ', '.join(work.reviewers) if work.reviewers else ''}, {work.labels} labels, {work.notes} notes; "
        f"{work.standing} were here before"
    )
    if work.implied:
        say(f"  {work.implied} includes at title/abstract were added, which decisions at full text imply")
    if work.kept:
        say(f"  {work.kept} decisions differ from those made here later or by hand, which stand")
    for reason, n in work.noted_reasons.items():
        say(f"  “{reason}” ({n}) is not a reason of this review; it was kept as a note")
    for problem in work.problems:
        say(f"  warning: {problem}")
