"""The model: the optimum it claims, the question's part, and that nothing but labels, question and seed decides."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from invented_pool import invented

from prisma_tool.ranking.features import Text, build
from prisma_tool.ranking.model import Labels, asked, best_first, rank
from prisma_tool.ranking.svm import solve


def labels_of(rows: list[int], truth: list[bool]) -> Labels:
    return Labels(np.array(rows, dtype=np.intp), np.array([truth[row] for row in rows], dtype=bool))


@given(st.integers(0, 10_000), st.integers(2, 40))
def test_the_solver_finds_the_optimum_from_any_start(seed: int, n: int) -> None:
    chance = np.random.default_rng(seed)
    examples = sp.random(n, 30, density=0.3, random_state=seed, dtype=np.float32, format="csr")
    signs = np.where(chance.random(n) < 0.3, 1, -1).astype(np.float32)
    costs = chance.uniform(0.01, 5, n).astype(np.float32)
    cold = solve(examples, signs, costs, np.zeros(n, dtype=np.float32))
    warm = solve(examples, signs, costs, chance.normal(size=n).astype(np.float32))
    np.testing.assert_allclose(cold, warm, atol=0.02 * (1 + np.abs(cold).max()))
    # At the optimum each coefficient is twice its cost times what is missing to the margin, and nothing beyond it.
    decisions = examples @ (examples.T @ cold) + cold.sum()
    missing = np.maximum(0, 1 - signs * decisions)
    np.testing.assert_allclose(cold, 2 * costs * signs * missing, atol=0.02 * (1 + np.abs(cold).max()))


def test_relevant_records_come_first_after_a_few_labels() -> None:
    texts, truth = invented(200, 20)
    features = build(texts)
    relevant, other = [i for i, yes in enumerate(truth) if yes], [i for i, yes in enumerate(truth) if not yes]
    found = rank(features, labels_of([*relevant[:3], *other[:5]], truth), asked(features, ""))
    rest = np.array([*relevant[3:], *other[5:]], dtype=np.intp)
    first = best_first(found.scores, rest, seed=0)[:17]
    assert sum(truth[row] for row in first) >= 12


def test_without_a_label_the_question_alone_decides() -> None:
    features = build([Text("Statin trial", ""), Text("Mouse genome", ""), Text("Statin and mouse", ""), Text("Genome trial", "")])
    found = rank(features, labels_of([], []), asked(features, "statin trial"))
    assert next(iter(best_first(found.scores, np.arange(4), seed=0))) == 0
    assert found.weights == ()


def test_the_question_fades_as_relevant_records_are_found() -> None:
    texts, truth = invented(60, 30)
    features, relevant = build(texts), [i for i, yes in enumerate(truth) if yes]
    shares = [rank(features, labels_of(relevant[:n], truth), asked(features, "statin")).question for n in (0, 10, 30)]
    assert shares == [1.0, 0.5, 0.25]


def test_an_earlier_ranking_only_saves_time() -> None:
    texts, truth = invented(150, 15)
    features = build(texts)
    question = asked(features, "statin lipid trial")
    before = rank(features, labels_of(list(range(40)), truth), question)
    warm = rank(features, labels_of(list(range(60)), truth), question, before)
    cold = rank(features, labels_of(list(range(60)), truth), question)
    np.testing.assert_allclose(warm.scores, cold.scores, atol=0.02)


def test_known_relevant_records_alone_start_the_model() -> None:
    texts, truth = invented(200, 20)
    features, relevant = build(texts), [i for i, yes in enumerate(truth) if yes]
    found = rank(features, labels_of(relevant[:5], truth), asked(features, ""))
    rest = np.setdiff1d(np.arange(200), relevant[:5])
    assert sum(truth[row] for row in best_first(found.scores, rest, seed=0)[:15]) >= 8


@given(st.integers(0, 1000))
def test_equal_scores_are_ordered_by_the_seed_alone(seed: int) -> None:
    rows = np.array([5, 3, 8, 1], dtype=np.intp)
    order = best_first(np.zeros(10, dtype=np.float32), rows, seed)
    assert sorted(order) == sorted(rows)
    assert list(order) == list(best_first(np.zeros(10, dtype=np.float32), rows[::-1], seed))


@pytest.mark.parametrize(
    "texts",
    [[Text("", "")], [Text("One", "")], [Text("", ""), Text("", "")], [Text("a b c", "x", 2000), Text("日本語 試験", "", None)]],
)
def test_pools_with_hardly_a_word_are_ranked_all_the_same(texts: list[Text]) -> None:
    features = build(texts)
    found = rank(features, labels_of([0], [True] * len(texts)), asked(features, "试验 trial"))
    assert len(features) == len(found.scores) == len(texts)
    assert np.isfinite(found.scores).all()


def test_columns_have_names_that_a_person_can_read() -> None:
    shared = [Text("Statin therapy", "Low dose", 2000), Text("Statin therapy", "High dose", 2010), Text("Mouse", "", None)]
    features = build(shared)
    names = {features.name(int(code)) for code in features.columns[0]}
    assert names == {"statin", "therapy", "dose", "statin therapy", "length of the abstract", "year"}


def test_words_in_one_record_alone_or_in_all_are_left_out() -> None:
    features = build([Text(f"Always this{place} often" if place < 30 else f"Always that{place}", "") for place in range(60)])
    assert [features.name(int(code)) for code in features.columns[0] if code >= 0] == ["often"]
