"""Write what the manual says of commands, keys and formats from the program itself, so that it cannot go stale.

    python docs/make_reference.py

Invariant: every command, option, key of the application and format that the program has stands in one of the files; a test compares them.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click
from python_names import python_page
from textual.binding import Binding

from prisma_tool.cli.main import COMMANDS, cli
from prisma_tool.formats.format_table import KNOWN
from prisma_tool.formats.writers import NOT_CARRIED, WRITERS
from prisma_tool.tui.frame.key_table import KEY_NAMES, Groups
from prisma_tool.tui.frame.place_table import PAGES, PLACES, screen_class
from prisma_tool.version import VERSION

DOCS = Path(__file__).parent
PROGRAM = "prisma-tool"


def main() -> None:
    """Write the files."""
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")


def pages() -> dict[str, str]:
    """The files by their names below docs/."""
    return {
        "reference/commands.md": commands_page(),
        "reference/keys.md": keys_page(),
        "reference/formats.md": formats_page(),
        "reference/python.md": python_page(),
        "man/prisma-tool.1": manual_page(),
    }


# Commands


def all_commands() -> Iterator[tuple[str, click.Command]]:
    """Each command and each part of one, by the words that call it, in the order of a review."""
    root = click.Context(cli, info_name=PROGRAM)
    for name in COMMANDS:
        command = cli.get_command(root, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {part}", command.commands[part]) for part in command.commands)


def commands_page() -> str:
    """Every command with its arguments and options."""
    rows = "\n".join(f"| [`{name}`](#{name}) | {cell(line)} |" for name, (_, line) in COMMANDS.items())
    sections = "\n".join(command_section(name, command) for name, command in all_commands())
    return f"""# Commands

This page is written by the program itself (`docs/make_reference.py`). `prisma-tool COMMAND --help` shows the same.

`prisma-tool -C DIR COMMAND` works on the review in DIR; without it the review is looked for from the current folder upwards.
Commands that print data take `--json`. [What the exit codes mean](exit-codes.md), [what the JSON holds](json.md).

| command | what it does |
| --- | --- |
{rows}

{sections}"""


def command_section(name: str, command: click.Command) -> str:
    """One command: how it is called, what it does, its options."""
    level = "###" if " " in name else "##"
    options = [option for option in command.params if isinstance(option, click.Option) and not option.hidden]
    table = "\n".join(f"| {cell(option_name(option))} | {cell(option_help(option))} |" for option in options)
    listed = f"\n| option | meaning |\n| --- | --- |\n{table}\n" if options else ""
    return f"{level} {name}\n\n```text\n{usage(name, command)}\n```\n\n{help_as_markdown(command)}\n{listed}"


def usage(name: str, command: click.Command) -> str:
    """How the command is called."""
    context = click.Context(command, info_name=f"{PROGRAM} {name}")
    return " ".join([f"{PROGRAM} {name}", *command.collect_usage_pieces(context)])


def help_as_markdown(command: click.Command) -> str:
    """The help of a command; what is set in lines of its own there stays so."""
    paragraphs = help_paragraphs(command)
    return "\n\n".join(f"```text\n{text}\n```" if verbatim else escaped(text) for text, verbatim in paragraphs)


def help_paragraphs(command: click.Command) -> list[tuple[str, bool]]:
    """The paragraphs of a command's help, and whether the lines of each are set as they stand."""
    blocks = re.split(r"\n\s*\n", inspect.cleandoc(command.help or ""))
    if command.epilog:
        blocks += re.split(r"\n\s*\n", inspect.cleandoc(command.epilog))
    read = []
    for block in blocks:
        verbatim = block.lstrip().startswith("\b")
        text = block.replace("\b\n", "").replace("\b", "")
        read.append((inspect.cleandoc(text) if verbatim else " ".join(text.split()), verbatim))
    return read


def option_name(option: click.Option) -> str:
    """The option's names, with what stands behind it."""
    names = " / ".join([*(f"`{name}`" for name in option.opts), *(f"`{name}`" for name in option.secondary_opts)])
    if option.is_flag or option.count:
        return names
    if isinstance(option.type, click.Choice):
        return f"{names} " + " ".join(f"`{choice}`" for choice in option.type.choices)
    context = click.Context(click.Command(PROGRAM))
    return f"{names} `{option.make_metavar(context)}`"


def option_help(option: click.Option) -> str:
    """What the option means, its usual value, and whether it may be given more than once."""
    parts = [option.help or ""]
    if option.show_default and option.default not in (None, ()):
        parts.append(f"Usually `{option.default}`.")
    if option.multiple:
        parts.append("May be given several times.")
    return " ".join(part for part in parts if part)


# Keys of the application


def keys_page() -> str:
    """Every place of the application with its keys."""
    shown = [(f"{place.title} ({place.key})", place.what, place.screen_class().KEYS) for place in PLACES]
    shown += [(title, "", screen_class(page).KEYS) for title, page in PAGES]
    sections = "\n".join(keys_section(title, what, keys) for title, what, keys in shown)
    places = "\n".join(
        f"| `{place.key}` | [{place.title}](#{anchor(place.title, place.key)}) | {place.what} |" for place in PLACES
    )
    return f"""# Keys of the application

This page is written by the program itself (`docs/make_reference.py`). In the application `?` shows the keys of the place one is at, and
Ctrl+P finds everything by its name. Ctrl+L draws the screen anew, where another program has written over it. The last column has the
names by which `[keys]` in `config.toml` changes a key ([how](../howto/application.md)).

| key | place | what one does there |
| --- | --- | --- |
{places}

{sections}"""


def keys_section(title: str, what: str, keys: Groups) -> str:
    """The keys of one place or page."""
    rows = "\n".join(key_row(group, binding) for group, bindings in keys for binding in bindings)
    said = f"\n{what}.\n" if what else ""
    return f"## {title}\n{said}\n| key | what it does | group | name |\n| --- | --- | --- | --- |\n{rows}\n"


def key_row(group: str, binding: Binding) -> str:
    """One key."""
    named = " or ".join(f"`{KEY_NAMES.get(key, key)}`" for key in binding.key.split(","))
    return f"| {named} | {cell(binding.tooltip or binding.description)} | {cell(group)} | `{binding.id}` |"


def anchor(title: str, key: str) -> str:
    """The anchor of a heading, as the site makes it."""
    return re.sub(r"[^\w\s-]", "", f"{title} {key}".lower()).strip().replace(" ", "-")


# Formats


def formats_page() -> str:
    """Every format that is read, and every one that is written."""
    read = "\n".join(f"| `{known.name}` | {cell(known.title)} |" for known in KNOWN)
    written = "\n".join(
        f"| `{suffix}` | {', '.join(f'`{field}`' for field in sorted(NOT_CARRIED[suffix])) or 'nothing'} |" for suffix in WRITERS
    )
    dialects = ", ".join(
        f"`{path.stem}`" for path in sorted((DOCS.parent / "prisma_tool" / "formats" / "dialects").glob("*.toml"))
    )
    return f"""# Formats

This page is written by the program itself (`docs/make_reference.py`).

## Read by `import`

A file is recognised by its content, not by its suffix. `--format NAME` overrules that; `--check` says what was recognised and stores nothing.

| name | what it is |
| --- | --- |
{read}

How single platforms write these formats is kept in a table for each (`prisma_tool/formats/dialects/`): {dialects}.

Other packages can add formats to these: [plug-ins](../plugins.md). `prisma-tool plugins` lists what is installed.

## Written by `export`

| suffix | has no place for |
| --- | --- |
{written}

Field by field, with what comes back when a written file is imported again: [Which fields survive which format](../round_trips.md).
"""


# The page for `man`


def manual_page() -> str:
    """The page of the Unix manual: all commands with their options."""
    names = "\n".join(f".TP\n.B {roff(name)}\n{roff(line)}" for name, (_, line) in COMMANDS.items())
    sections = "\n".join(manual_section(name, command) for name, command in all_commands())
    return f"""\\" written by docs/make_reference.py
.TH PRISMA\\-TOOL 1 "" "prisma\\-tool {VERSION}" "User commands"
.SH NAME
prisma\\-tool \\- systematic reviews in the terminal
.SH SYNOPSIS
.B prisma\\-tool
[\\fB\\-C\\fR \\fIDIR\\fR] \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]
.SH DESCRIPTION
Keeps a systematic review in one folder: its searches, records, decisions, and a PRISMA 2020 flow diagram in which every number can be
traced to its records. Inside a review and without a command the application opens.
.SH COMMANDS
{names}
{sections}
.SH EXIT STATUS
0 done; 1 refused or failed, nothing half done; 2 wrong use; 3 incomplete, the same command goes on; 4 a check did not hold.
""".replace('\\" written', '.\\" written', 1)


def manual_section(name: str, command: click.Command) -> str:
    """One command of the manual page."""
    paragraphs = "\n.PP\n".join(
        f".nf\n{roff(text)}\n.fi" if verbatim else roff(text) for text, verbatim in help_paragraphs(command)
    )
    options = [option for option in command.params if isinstance(option, click.Option) and not option.hidden]
    listed = "\n".join(
        f".TP\n{roff(option_name(option).replace('`', ''))}\n{roff(option_help(option).replace('`', ''))}" for option in options
    )
    parts = [f".SH {roff(name.upper())}", f".B {roff(usage(name, command))}", ".PP", paragraphs, listed]
    return "\n".join(part for part in parts if part)


def roff(text: str) -> str:
    """Text for a manual page: no line of it is taken for an instruction."""
    quoted = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", quoted, flags=re.MULTILINE)


# Text


def cell(text: str) -> str:
    """Text for a cell of a table."""
    return escaped(text).replace("|", "\\|")


def escaped(text: str) -> str:
    """Text in which nothing but code in backticks is taken for markup."""
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
    return "".join(part if part.startswith("`") else re.sub(r"([<>*_\[\]])", r"\\\1", part) for part in parts)


if __name__ == "__main__":
    main()
