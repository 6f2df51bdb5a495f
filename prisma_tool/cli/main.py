"""The command `prisma-tool`: the table of its commands, and the one place where errors become exit codes.

Invariant: `--help` and usage errors import click and nothing heavier; no traceback reaches a user.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import click

from prisma_tool.cli.context import Caller
from prisma_tool.errors import ExitCode, PrismaError
from prisma_tool.version import VERSION

COMMANDS = {
    "init": ("start", "Start a review in a new folder."),
    "demo": ("start", "Build a complete worked review, offline."),
    "search": ("identify", "Run or rerun the protocol's searches."),
    "import": ("identify", "Import citation files of other sources."),
    "dedupe": ("dedupe", "Join records that describe the same report; split and join by hand."),
    "screen": ("screening", "Screen by keyboard in the terminal application."),
    "decide": ("screening", "Decide on a report, or apply a CSV file of decisions."),
    "retrieve": ("screening", "Say which full texts were retrieved."),
    "study": ("studies", "Link reports to their studies."),
    "status": ("flow", "Show where the review stands."),
    "flow": ("flow", "Count and draw the PRISMA 2020 flow diagram."),
    "export": ("flow", "Write records and decisions to a file."),
    "log": ("audit", "Show what was done, when and by whom."),
    "doctor": ("audit", "Check the review's database and files."),
}
"""Command name: the module of this room that holds it, and its line in the help."""


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
        found: click.Command = getattr(module, f"{cmd_name}_command")
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-C", "folder", type=click.Path(path_type=Path), default=Path(), metavar="DIR", help="Work on the review in DIR.")
@click.version_option(VERSION, prog_name="prisma-tool")
@click.pass_context
def cli(context: click.Context, folder: Path) -> None:
    """Systematic reviews in the terminal: every number in the PRISMA diagram can be traced to its records."""
    context.obj = Caller(folder=folder, variables=dict(os.environ))


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command; returns the exit code (see `errors.ExitCode`)."""
    try:
        code = cli.main(arguments, prog_name="prisma-tool", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as help_wanted:
        click.echo(help_wanted.format_message(), err=True)
        return ExitCode.USAGE
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except PrismaError as error:
        click.echo(f"prisma-tool: {error.message}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("\nprisma-tool: stopped. What was done is kept; the same command goes on from there.", err=True)
        return ExitCode.INCOMPLETE
    except BrokenPipeError:
        # The reader of our output has gone (`prisma-tool log | head`): nobody is left to be told.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.DONE
    return code if isinstance(code, int) else ExitCode.DONE
