"""What every command has at hand: where it was called, its surroundings, and how to speak.

stdout is data, stderr is narration; whatever is printed has lost its control characters first.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from prisma_tool.model.text import clean

if TYPE_CHECKING:
    from prisma_tool.review.environment import Environment
    from prisma_tool.review.open_review import Review
    from prisma_tool.review.recent_reviews import RecentReviews
    from prisma_tool.review.user_settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])
_NO_TEXT = re.compile(r"[\ud800-\udfff]")
"""What Python makes of bytes in a file's name that are not UTF-8."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The folder and the environment variables that a command was called with."""

    folder: Path
    variables: Mapping[str, str]

    def environment(self) -> Environment:
        """The environment, with the user's configuration."""
        from prisma_tool.review.environment import environment

        return environment(self.variables, self._configuration())

    def settings(self) -> Settings:
        """How the user likes the application."""
        from prisma_tool.review.user_settings import settings

        return settings(self._configuration())

    def recent(self) -> RecentReviews:
        """The reviews that the user opened last."""
        import platformdirs

        from prisma_tool.review.recent_reviews import RecentReviews

        return RecentReviews(Path(platformdirs.user_state_dir("prisma-tool", appauthor=False)))

    def _configuration(self) -> Path:
        import platformdirs

        return Path(platformdirs.user_config_dir("prisma-tool", appauthor=False))

    def in_review(self) -> bool:
        """Whether the folder lies in a review; looked up without opening it."""
        here = self.folder.absolute()
        return any((folder / "review.toml").is_file() for folder in (here, *here.parents))

    @contextmanager
    def review(self, *, upgrade: bool = False) -> Iterator[Review]:
        """The review around the folder, open; an older database that others use too is upgraded if a person, or `upgrade`, says so."""
        from prisma_tool.review.open_review import open_review

        agree = _agreed if upgrade else _ask
        with open_review(self.folder, self.environment(), tell, by=_named_reviewer(), may_upgrade=agree) as review:
            yield review


def _named_reviewer() -> str:
    """The name after --reviewer, where the command has that option and it names one person."""
    context = click.get_current_context(silent=True)
    named = context.params.get("reviewer") if context else None
    return named if isinstance(named, str) else ""


def _agreed(meaning: str) -> bool:
    tell(meaning)
    return True


def _ask(meaning: str) -> bool:
    """Ask on a terminal; without one, nobody can have agreed."""
    return sys.stdin.isatty() and sys.stderr.isatty() and click.confirm(clean(f"{meaning} Upgrade now?"), default=False, err=True)


pass_caller = click.make_pass_decorator(Caller)


def json_option(command: Command) -> Command:
    """`--json`: one JSON object on stdout and nothing else."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)


def reviewer_option(command: Command) -> Command:
    """`--reviewer NAME`."""
    return click.option("--reviewer", metavar="NAME", help="Who decides; else PRISMA_TOOL_REVIEWER, else the only reviewer.")(
        command
    )


def viewer_option(command: Command) -> Command:
    """`--reviewer NAME`, for commands that only show."""
    help_text = "Who is looking, while a stage is blind; else PRISMA_TOOL_REVIEWER. Without a name only finished outcomes show."
    return click.option("--reviewer", metavar="NAME", help=help_text)(command)


def signed(review: Review, reviewer: str | None) -> str:
    """Who signs an act that concerns the review as a whole: as for decisions, but nobody where several could have done it.

    Raises:
        UsageError: the reviewer named is none of this review.
    """
    named = reviewer or review.environment.reviewer
    return review.reviewer(reviewer) if named or len(review.protocol.reviewers) == 1 else ""


def printable(text: str) -> str:
    """`text` made harmless, with a mark for each byte of a file's name that is no text, so that it is not taken for another file."""
    return clean(_NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", text))


def tell(text: str) -> None:
    """A line of narration, to stderr."""
    click.echo(printable(text), err=True)


def say(text: str) -> None:
    """A line of data, to stdout."""
    click.echo(printable(text))


def print_json(value: Any) -> None:
    """One JSON object, to stdout."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_plain)
    # File names may hold bytes that are no text; JSON is always UTF-8.
    click.echo(text.encode("utf-8", "replace"))


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return list(value) if isinstance(value, (set, frozenset, tuple)) else str(value)
