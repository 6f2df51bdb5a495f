"""The command `prisma-tool`: the table of its commands, and the one place where errors become exit codes.

Invariant: `--help` and usage errors import click and nothing heavier; no traceback reaches a user.
"""

from __future__ import annotations

import gc
import importlib
import io
import os
import sys
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from prisma_tool.cli.context import Caller, printable
from prisma_tool.errors import ExitCode, PrismaError, UsageError
from prisma_tool.version import VERSION

COMMANDS = {
    "init": ("start", "Start a review in a new folder."),
    "demo": ("start", "Build a complete worked review, offline."),
    "search": ("searching", "Run or rerun the protocol's searches."),
    "import": ("importing", "Import citation files of other sources."),
    "cite": ("citing", "Search by citation: what the included reports cite, and what cites them."),
    "add": ("adding", "Add one report by its number, or described by hand."),
    "dedupe": ("dedupe", "Join records that describe the same report; split and join by hand."),
    "remove": ("removal", "Take records out before screening, or put them back."),
    "screen": ("screening", "Screen by keyboard in the terminal application."),
    "decide": ("screening", "Decide on a report, or apply a CSV file of decisions."),
    "conflicts": ("conflicts", "List the reports on which reviewers disagree."),
    "adjudicate": ("conflicts", "Settle a conflict."),
    "reviewer": ("team", "Say who takes part, who left, and who owes what."),
    "assign": ("team", "Give reports to reviewers."),
    "pilot": ("team", "Hold a pilot round that everyone screens first."),
    "label": ("records", "Put a label on a record, or take it off."),
    "note": ("records", "Keep a note on a record."),
    "edit": ("records", "Correct a field of a record; the original is kept."),
    "abstracts": ("abstracts", "Fetch missing abstracts from PubMed."),
    "retrieve": ("retrieving", "Say which full texts were retrieved, what was tried, and attach PDFs."),
    "open": ("retrieving", "Open a report's PDF, DOI, PubMed or register page."),
    "reasons": ("reasons", "List, rename, reorder and merge the exclusion reasons."),
    "study": ("studies", "Link reports to their studies."),
    "rank": ("ranking", "List what is left to screen, likely relevant first; stop, or reopen."),
    "simulate": ("simulating", "Replay a finished screening and judge the order of relevance."),
    "watch": ("watching", "Rerun all searches and retraction checks; say what is new."),
    "status": ("status", "Show where the review stands."),
    "flow": ("flow", "Count and draw the PRISMA 2020 flow diagram."),
    "adjust": ("adjust", "Enter numbers from before this tool by hand."),
    "version": ("versions", "Close a version of the review, so that later work is an update."),
    "export": ("exporting", "Write records and decisions to a file."),
    "report": ("report", "Write the parts of a manuscript that the review's data can fill."),
    "verify": ("bundling", "Recompute a deposit's numbers and figure; needs no review."),
    "merge": ("merging", "Unite this review with a copy of it."),
    "move": ("merging", "Move the review to PostgreSQL, or back to a file."),
    "backup": ("backups", "Take a snapshot of the review, or list those that there are."),
    "restore": ("backups", "Put back a snapshot; what was done since is offered."),
    "rescue": ("backups", "Build a new review from what can be read of a damaged one."),
    "serve": ("serving", "Show the application in a browser on this machine."),
    "plugins": ("plugins", "List what other installed packages add."),
    "log": ("audit", "Show what was done, when and by whom."),
    "doctor": ("audit", "Check the review's database and files."),
    "completion": ("completion", "Print the lines that let a shell complete commands."),
}
"""Command name: the module of this room that holds it, and its line in the help."""


class _Text(click.types.StringParamType):
    """What is stored or compared as text. The names of files are none of it: their bytes need not be UTF-8."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The text.

        Raises:
            UsageError: it holds bytes that are no text, and is not the name of a copy or file either.
        """
        text = super().convert(value, param, ctx)
        try:
            text.encode()
        except UnicodeEncodeError:
            if not os.path.lexists(text):
                raise UsageError(f"'{printable(text)}' is not text in UTF-8; type it again.") from None
        return text


def _check_text(command: click.Command) -> None:
    """Have all parameters of a command and its parts that take plain text refuse what is none."""
    for parameter in command.params:
        if parameter.type is click.STRING:
            parameter.type = _Text()
    for part in command.commands.values() if isinstance(command, click.Group) else ():
        _check_text(part)


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of a review."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, its module imported."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"prisma_tool.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        _check_text(command)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands and options that begin as typed, without importing any command."""
        names = [CompletionItem(name, help=line) for name, (_, line) in COMMANDS.items() if name.startswith(incomplete)]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-C", "folder", type=click.Path(path_type=Path), default=Path(), metavar="DIR", help="Work on the review in DIR.")
@click.version_option(VERSION, prog_name="prisma-tool")
@click.pass_context
def cli(context: click.Context, folder: Path) -> None:
    """Systematic reviews in the terminal: every number in the PRISMA diagram can be traced to its records.

    Without a command the application opens; outside a review it starts one, or opens one.
    """
    context.obj = Caller(folder=folder, variables=dict(os.environ))
    if context.invoked_subcommand is None:
        _open_application(context)


def _open_application(context: click.Context) -> None:
    """The application on a terminal, outside a review its start screen; else the help, as for any command line without a command."""
    caller: Caller = context.obj
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise click.exceptions.NoArgsIsHelpError(context)
    from prisma_tool.cli.start import open_here, start_application

    if caller.in_review():
        open_here(caller)
    else:
        start_application(caller)


def main() -> None:
    """Run the command line and exit with its code."""
    # A large review is millions of small objects in no cycles; looking for some after every 700 costs as much as reading them.
    # What is imported, some 150,000 objects, stays too.
    gc.set_threshold(300_000, 50, 50)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that lacks a character shows a substitute; the review's text is not to blame.
            stream.reconfigure(errors="replace")
    instruction = os.environ.get("_PRISMA_TOOL_COMPLETE", "")
    sys.exit(_complete(instruction) if instruction else run(sys.argv[1:]))


def _complete(instruction: str) -> int:
    from prisma_tool.cli.completion import answer

    return answer(cli, instruction)


def run(arguments: list[str]) -> int:
    """Run one command; returns the exit code (see `errors.ExitCode`)."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("always", module=r"prisma_tool\.")
            warnings.showwarning = partial(_show_warning, warnings.showwarning)
            return _invoke(arguments)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        _show_usage(error)
        return ExitCode.USAGE
    except PrismaError as error:
        click.echo(f"prisma-tool: {printable(error.message)}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("\nprisma-tool: stopped. What was done is kept; the same command goes on from there.", err=True)
        return ExitCode.INCOMPLETE
    except OSError as error:
        return _without_output(error)


def _invoke(arguments: list[str]) -> int:
    with cli.make_context("prisma-tool", list(arguments)) as context:
        code = cli.invoke(context)
        sys.stdout.flush()
    return code if isinstance(code, int) else ExitCode.DONE


def _show_warning(usual: Callable[..., None], message: Warning | str, category: type[Warning], *place: Any) -> None:
    """A warning of ours is a sentence for the user; any other is Python's."""
    if category.__module__.startswith("prisma_tool."):
        click.echo(f"prisma-tool: {printable(str(message))}", err=True)
    else:
        usual(message, category, *place)


def _show_usage(error: click.ClickException) -> None:
    """What is wrong and where the help is; the help itself where no command was given."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return
    command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "prisma-tool"
    click.echo(printable(f"prisma-tool: {error.format_message()} (`{command} --help` tells more)"), err=True)


def _without_output(error: OSError) -> int:
    """Output that cannot be written: a reader that left (`| head`) needs no word, a full disk does."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return ExitCode.DONE
    click.echo(printable(f"prisma-tool: {error.filename or 'the output'} cannot be written or read: {error.strerror}."), err=True)
    return ExitCode.FAILED
