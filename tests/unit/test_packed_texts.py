"""Texts of records as bytes: short on the disk, the same when read, and never larger in memory than is sound."""

from __future__ import annotations

import zlib
from hashlib import sha256

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from prisma_tool.store.engine.packed_texts import UnreadableText, longest_text, packed, unpacked
from prisma_tool.store.engine.packing_dictionary import FIRST_DICTIONARY

CONTENT = '{"abstract":[{"label":"","text":"Aspirin was compared with placebo in 120 patients."}],"title":"Aspirin for pain","year":2021}'
ORIGINAL = "TY  - JOUR\nTI  - Aspirin for pain\nAB  - Aspirin was compared with placebo in 120 patients.\nPY  - 2021\nER  - \n"
PACKED_CONTENT = (
    "f858280640b85123a8c011d8450756d9e0b11c50b9071c22808e05c146258192864688c1193d70e4c21c0ed39e06ec57142466e62139ce"
    "c8b0160096382a03"
)
PACKED_ORIGINAL = "f85828592de253c3a8aad095430b779830f18e80576f4686b0f21b000d8f1fe9"
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)


@settings(max_examples=50)
@given(TEXTS, TEXTS, st.integers(0, 40))
@example("", "", 0)
@example("\xf8", "", 0)
@example(ORIGINAL, CONTENT, 1)
def test_what_is_packed_is_read_as_it_was(text: str, beside: str, times: int) -> None:
    long = text * times
    assert unpacked(packed(long, beside), beside) == long


def test_a_text_takes_no_more_room_than_before_and_an_original_beside_its_content_hardly_any() -> None:
    assert packed("é") == "é".encode()
    assert len(packed(CONTENT)) < 0.6 * len(CONTENT)
    assert len(packed(ORIGINAL, CONTENT)) < 0.45 * len(ORIGINAL)


def test_what_an_earlier_version_stored_is_read() -> None:
    assert unpacked(CONTENT.encode()) == CONTENT, "before texts were packed"
    assert unpacked(bytes.fromhex(PACKED_CONTENT)) == CONTENT
    assert unpacked(bytes.fromhex(PACKED_ORIGINAL), CONTENT) == ORIGINAL


def test_the_dictionary_stays_as_it_is() -> None:
    assert sha256(FIRST_DICTIONARY).hexdigest() == "dfd98d85d8e6717a5d43e3756fb42dace96f2281660f46b6eea79ed1d777db8a"


def bomb(size: int, beside: str = "") -> bytes:
    """What a stranger might put in place of a packed text."""
    stream = zlib.compressobj(zdict=FIRST_DICTIONARY + beside.encode())
    return b"\xf8" + stream.compress(b"a" * size) + stream.flush()


@pytest.mark.parametrize(
    "stored",
    [
        bomb(65_537),
        bomb(50_000_000),
        b"\xf8",
        b"\xf8no stream",
        packed(CONTENT)[:-1],
        packed(CONTENT) + b"x",
        packed(ORIGINAL, CONTENT),
        b"\xf9" + packed(CONTENT)[1:],
        b"\xff",
    ],
    ids=["one-too-many", "bomb", "empty", "garbage", "cut", "longer", "without-the-text-beside", "unknown-form", "not-utf-8"],
)
def test_what_packing_does_not_make_is_refused(stored: bytes) -> None:
    with pytest.raises(UnreadableText, match="a packed text"):
        unpacked(stored)


def test_a_text_may_be_64_kib_however_little_it_took_and_a_longer_one_32_times_as_long_as_what_it_took() -> None:
    assert len(packed("a" * 65_536)) < 400
    assert len(packed("a" * 65_537)) == 65_537, "kept as it is, since it would not be read again"
    assert unpacked(bomb(65_536)) == "a" * 65_536
    mixed = "".join(f"{number:05}" * 4 for number in range(5_000))
    assert 65_536 < len(mixed) <= 32 * len(packed(mixed)) < 32 * len(mixed)
    assert unpacked(packed(mixed)) == mixed


@pytest.mark.parametrize(("took", "may_be"), [(2_048, 65_536), (2_049, 65_568), (6_250, 200_000)])
def test_what_is_read_of_a_longer_text_is_32_times_what_it_took(took: int, may_be: int) -> None:
    assert longest_text(bytes(took)) == may_be
