"""What the start of the program may cost and touch."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "textual",
    "sqlalchemy",
    "requests",
    "numpy",
    "scipy",
    "sklearn",
    "alembic",
    "rapidfuzz",
    "reportlab",
    "docx",
    "pptx",
    "PIL",
    "fontTools",
    "openpyxl",
    "xlsxwriter",
)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["no-such-command"]])
def test_help_and_usage_errors_import_click_and_nothing_heavier(arguments: list[str]) -> None:
    script = (
        "import sys\nfrom prisma_tool.cli.main import run\n"
        f"run({arguments!r})\n"
        f"print('loaded:', sorted(set(sys.modules) & set({HEAVY!r})), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "loaded: []" in done.stderr


def test_the_package_itself_imports_nothing() -> None:
    script = "import sys; before = set(sys.modules); import prisma_tool; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['prisma_tool']"


def test_the_first_record_waits_for_nothing_that_only_matching_or_reading_files_needs() -> None:
    script = (
        "import sys, prisma_tool.cli.screening, prisma_tool.tui.app, prisma_tool.tui.screening.screens\n"
        "behind = ('prisma_tool.dedupe', 'prisma_tool.formats', 'prisma_tool.figure', 'rapidfuzz', 'alembic', 'requests', 'numpy')\n"
        "print(sorted(set(behind) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
