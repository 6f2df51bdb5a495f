"""`version`: closing versions of a review, so that later work is an update of them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, reviewer_option, say, signed, tell


@click.group("version")
def version_command() -> None:
    """Close a version of the review: what it included becomes "previous", and later work is an update."""


@version_command.command("close")
@click.argument("label")
@click.option("--force", is_flag=True, help="Carry over what is pending into the next version.")
@reviewer_option
@json_option
@pass_caller
def close_command(caller: Caller, label: str, force: bool, reviewer: str | None, as_json: bool) -> None:
    """Freeze what is included now as the version LABEL, such as 2025."""
    from prisma_tool.flow.close_with_counts import close
    from prisma_tool.review.copies.backup import back_up_version

    with caller.review() as review:
        version = close(review, label, signed(review, reviewer), force=force)
        back_up_version(review, version.label, tell)
    if as_json:
        print_json(asdict(version))
        return
    say(
        f"Closed the version {version.label}: {_n(version.studies, 'study', 'studies')}, {_n(version.reports, 'report')} included."
    )
    if version.carried_over:
        say(f"{_n(version.carried_over, 'record')} of pending reports are carried over into the next version.")
    say(f"The log's head before the close: {version.head}")
    tell("Publish it with the version: `prisma-tool doctor --head` then shows that nothing before was changed.")


@version_command.command("reopen")
@click.argument("label", default="")
@reviewer_option
@json_option
@pass_caller
def reopen_command(caller: Caller, label: str, reviewer: str | None, as_json: bool) -> None:
    """Take back the newest close, as if it had not been."""
    from prisma_tool.updates.close_version import reopen

    with caller.review() as review:
        closing = reopen(review, label, signed(review, reviewer))
    if as_json:
        print_json({"reopened": closing.label})
        return
    say(f"Reopened the version {closing.label}.")
    if closing.source:
        tell("The records that it brought in stay, with their rulings; `version import` with the same files takes them up again.")


@version_command.command("list")
@json_option
@pass_caller
def list_command(caller: Caller, as_json: bool) -> None:
    """List the closed versions, oldest first."""
    from prisma_tool.updates.close_version import list_versions

    with caller.review() as review:
        versions = list_versions(review)
    if as_json:
        print_json({"versions": [asdict(version) for version in versions]})
        return
    for version in versions:
        carried = f", {_n(version.carried_over, 'record')} carried over" if version.carried_over else ""
        counted = f"{_n(version.studies, 'study', 'studies')}, {_n(version.reports, 'report')} included"
        say(f"{version.label}: closed {version.closed[:10]}, made {version.made}, {counted}{carried}")
    if not versions:
        tell("No version is closed yet.")


@version_command.command("import")
@click.argument("label")
@click.option("--included", required=True, type=click.Path(path_type=Path), metavar="FILE", help="The included reports.")
@click.option("--excluded", type=click.Path(path_type=Path), metavar="FILE", help="Records excluded at title/abstract.")
@click.option("--study-column", metavar="C", help="The column that names each included report's study.")
@click.option("--source", default="", metavar="NAME", help='The source that holds these records; else "Version LABEL".')
@click.option("--encoding", metavar="NAME", help="The files' encoding, where it is in doubt, such as cp1251 or gb18030; decides.")
@json_option
@pass_caller
def import_command(
    caller: Caller,
    label: str,
    included: Path,
    excluded: Path | None,
    study_column: str | None,
    source: str,
    encoding: str | None,
    as_json: bool,
) -> None:
    """Bring in the version LABEL of a review that was done elsewhere; its records count as previous, never as identified."""
    from prisma_tool.formats.text.encodings.given_encoding import known_encoding
    from prisma_tool.updates.import_version import VersionImport, import_version

    codec = known_encoding(encoding) if encoding else None
    with caller.review() as review:
        brought = import_version(review, VersionImport(label, included, excluded, study_column, source, codec))
    for warning in brought.warnings:
        tell(f"warning: {warning}")
    if as_json:
        print_json(asdict(brought))
        return
    counted = f"{_n(brought.studies, 'study', 'studies')}, {_n(brought.reports, 'report')} included, {brought.excluded} excluded"
    say(f"Brought in the version {brought.label} as {brought.source}: {counted}. Next: prisma-tool dedupe")


def _n(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
