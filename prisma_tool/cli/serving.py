"""`serve`: the application in a browser."""

from __future__ import annotations

import secrets
import shlex
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from prisma_tool.cli.context import Caller, pass_caller, reviewer_option, tell
from prisma_tool.cli.screening import working_reviewer
from prisma_tool.errors import UsageError

if TYPE_CHECKING:
    from prisma_tool.review.open_review import Review

USUAL_HOST, USUAL_PORT = "127.0.0.1", 8000


@click.command("serve")
@click.option(
    "--host",
    default=USUAL_HOST,
    show_default=True,
    metavar="HOST",
    help="Where to listen; other machines get in only if told so.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=USUAL_PORT, show_default=True, metavar="N", help="0 takes any free one."
)
@click.option("--window", is_flag=True, hidden=True, help="The program of one open page; started by the server.")
@reviewer_option
@pass_caller
def serve_command(caller: Caller, host: str, port: int, window: bool, reviewer: str | None) -> None:
    """Show the application in a browser, on this machine only unless --host says otherwise. Needs the extra 'web'."""
    with caller.review() as review:
        name = working_reviewer(review, reviewer)
        if window:
            from prisma_tool.tui.app import ReviewApp

            ReviewApp(review, name, settings=caller.settings()).run()
            return
        _serve(review, name, host, port)


def _serve(review: Review, reviewer: str, host: str, port: int) -> None:
    if find_spec("textual_serve") is None:
        raise UsageError("`serve` needs the extra 'web': pip install 'prisma-tool[web]'.")
    from prisma_tool.tui.uploaded_files import Uploads
    from prisma_tool.tui.web_server import Address, Served, serve

    address = Address(host, port, secrets.token_urlsafe(24))
    if not address.is_local:
        tell(
            f"Warning: every machine that reaches {host} and knows the key can work on this review as {reviewer}, and nothing is "
            "encrypted on the way. Safer: leave --host out and come in through an SSH tunnel."
        )
    words = [sys.executable, "-m", "prisma_tool", "-C", str(review.folder), "serve", "--window", "--reviewer", reviewer]
    serve(Served(shlex.join(words), review.protocol.title or "prisma-tool", Uploads(review)), address, tell)
