"""What the program takes from its surroundings, and what it never shows of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from prisma_tool.errors import UsageError
from prisma_tool.review.environment import CTGOV_URL, EUTILS_URL, environment


def test_without_anything_the_public_services_are_asked(tmp_path: Path) -> None:
    found = environment({}, tmp_path)
    assert (found.eutils_url, found.ctgov_url, found.database, found.reviewer) == (EUTILS_URL, CTGOV_URL, "", "")


def test_a_variable_wins_over_the_configuration_file(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('ncbi_api_key = "file"\nncbi_email = "file@example.org"\n', encoding="utf-8")
    found = environment({"NCBI_API_KEY": " variable ", "NCBI_EMAIL": " "}, tmp_path)
    assert (found.api_key, found.email) == ("variable", "file@example.org")


def test_an_unreadable_configuration_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("ncbi_api_key = ", encoding="utf-8")
    with pytest.raises(UsageError, match=r"config\.toml cannot be read: .*Mend it or move it away"):
        environment({}, tmp_path)


def test_secrets_do_not_show_when_the_environment_is_printed(tmp_path: Path) -> None:
    found = environment({"NCBI_API_KEY": "s3cret", "PRISMA_TOOL_DATABASE": "postgresql://ada:s3cret@host/x"}, tmp_path)
    assert "s3cret" not in repr(found)
