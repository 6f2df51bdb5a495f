"""An installation without the extra `ranking`: what needs it says so in one sentence, and everything else works."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from prisma_tool.errors import UsageError
from prisma_tool.ranking.extra import require_scipy
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import open_review
from prisma_tool.screening.prioritised.queue_order import OrderName
from prisma_tool.tui.sessions.relevance_session import RelevanceSession

_SENTENCE = "The order of relevance needs the extra 'ranking': pip install 'prisma-tool[ranking]'."
_SET = "id,title,abstract,included\n1,Aspirin,Trial,1\n2,Beer,Survey,0\n"
_PROGRAM = """
import sys
sys.modules["scipy"] = None  # as if it were not installed
from prisma_tool.cli.main import run
for arguments in (["rank"], ["simulate", "set.csv"], ["status"], ["flow"], ["rank", "--rule", "any-order"]):
    print("code:", run(arguments), file=sys.stderr)
"""


def test_what_needs_it_names_it_and_the_rest_works(review_folder: Path) -> None:
    (review_folder / "set.csv").write_text(_SET, encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", _PROGRAM], cwd=review_folder, capture_output=True, text=True, check=True)
    codes = [line for line in done.stderr.splitlines() if line.startswith("code:")]
    assert codes == ["code: 2", "code: 2", "code: 0", "code: 0", "code: 0"]
    assert done.stderr.count(_SENTENCE) == 2


def test_the_application_stays_in_the_order_that_it_has(review_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy", None)
    with open_review(review_folder, Environment(), print) as review:
        session = RelevanceSession(review, "Ada")
        with pytest.raises(UsageError, match="ranking"):
            session.choose(OrderName.RELEVANCE)
        assert session.order is OrderName.SOURCE


def test_nothing_is_missing_where_it_is_installed() -> None:
    require_scipy()
