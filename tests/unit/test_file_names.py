"""Names of files made of text from outside can be held by every system."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prisma_tool
from prisma_tool.model.file_names import LONGEST, safe_name

PACKAGE = Path(prisma_tool.__file__).parent
FORBIDDEN = set('<>:"/\\|?*') | {chr(number) for number in range(32)} | {"\x7f"}
DEVICES = ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$", "com1", "com9", "com0", "lpt3", "com¹", "lpt³"]


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("export 2024.ris", "export 2024.ris"),
        ("Ärzte-Liste_β (1).csv", "Ärzte-Liste_β (1).csv"),
        ("what?.ris", "what_.ris"),
        ("a:b.ris", "a_b.ris"),
        ("a<>|b.ris", "a_b.ris"),
        ("CON.ris", "_CON.ris"),
        ("con", "_con"),
        ("Con .ris", "_Con.ris"),
        ("nul.tar.gz", "_nul.tar.gz"),
        ("contract.ris", "contract.ris"),
        ("com10.ris", "com10.ris"),
        ("trailing. . ", "trailing"),
        (" leading.ris", "leading.ris"),
        ("stem .ris", "stem.ris"),
        (".hidden", "hidden"),
        ("..", "file"),
        ("", "file"),
        ("a\x00b\x1b[31mc\n.ris", "abc.ris"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("no suffix. But a sentence", "no suffix. But a sentence"),
        ("embase:L1", "embase_L1"),
    ],
)
def test_a_name_is_kept_as_far_as_every_system_can_hold_it(given_name: str, name: str) -> None:
    assert safe_name(given_name) == name


@given(
    st.one_of(
        st.text(max_size=300),
        st.text('<>:"/\\|?*. \t\x00\x1bconCON1.ris', max_size=12),
        st.builds(
            lambda device, rest: device + rest,
            st.sampled_from(DEVICES),
            st.sampled_from(["", ".ris", " .ris", "  ", ".", ".a.b"]),
        ),
    )
)
def test_whatever_is_given_the_name_can_be_held_everywhere(text: str) -> None:
    name = safe_name(text)
    assert not FORBIDDEN & set(name)
    assert name == name.strip(" .")
    assert name.split(".")[0].strip().lower() not in DEVICES
    assert 0 < len(name.encode()) <= LONGEST + 50
    assert safe_name(name) == name, "a safe name stays as it is"


def test_only_one_function_makes_names_of_text_from_outside() -> None:
    """What is written below raw/, rejects/, fulltext/ and uploads/ is named by it; a further writer has to be looked at."""
    named = {"identify/files/import_file.py", "fulltext/retrieval.py"}
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if "import safe_name" in path.read_text(encoding="utf-8")
    }
    writers = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if "write_atomically(" in (text := path.read_text(encoding="utf-8"))
        and re.search(r"""/ ["'](?:raw|rejects|fulltext)["']""", text)
    }
    # An upload is renamed onto a name that it has reserved; a form proposes a name for somebody to change.
    assert users == {*named, "tui/uploaded_files.py", "tui/forms/report_form.py"}
    # Raw answers of services have constant names; opening only looks whether raw/ is empty.
    assert writers == {*named, "identify/run/raw_answers.py", "review/open_review.py"}
