"""`completion`: the lines that let a shell complete commands and options, and the answers that those lines ask for.

Invariant: an answer imports no more than the command whose options it lists, so that the Tab key does not wait.
"""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class, shell_complete

from prisma_tool.cli.context import say
from prisma_tool.errors import ExitCode

PROGRAM, VARIABLE = "prisma-tool", "_PRISMA_TOOL_COMPLETE"
"""The shell sets the variable when it asks; its value says which shell it is."""
SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion_command(context: click.Context, shell: str) -> None:
    r"""Print the lines that let SHELL complete commands and options with the Tab key.

    \b
    bash: add to ~/.bashrc             eval "$(prisma-tool completion bash)"
    zsh:  add to ~/.zshrc, below compinit   eval "$(prisma-tool completion zsh)"
    fish: run once                     prisma-tool completion fish > ~/.config/fish/completions/prisma-tool.fish
    """
    writer = get_completion_class(shell)
    assert writer is not None
    say(writer(context.find_root().command, {}, PROGRAM, VARIABLE).source())


def answer(cli: click.Group, instruction: str) -> int:
    """Answer a shell that asks how a line may go on; `instruction` is what it put into the variable. Returns the exit code."""
    try:
        return shell_complete(cli, {}, PROGRAM, VARIABLE, instruction)
    except (KeyError, ValueError):
        # Nobody typed this: the variables of a shell are missing or of another one, and words would land on the line that is being typed.
        return ExitCode.FAILED
