"""An invented screening: records whose words tell, noisily, which of them are relevant. The same numbers give the same records."""

from __future__ import annotations

import csv
import random
from pathlib import Path

from prisma_tool.ranking.features import Text

TOPIC = ("statin", "cholesterol", "lipid", "randomised", "placebo", "cardiovascular", "ldl", "trial")
OTHER = ("mouse", "genome", "survey", "nursing", "dental", "asthma", "school", "policy", "protein", "imaging", "review", "cell")
COMMON = ("patients", "results", "methods", "study", "effect", "group", "the", "of", "with", "and")


def invented(n: int, relevant: int, seed: int = 1) -> tuple[list[Text], list[bool]]:
    """Texts and their labels, in a mixed order."""
    chance = random.Random(seed)
    labels = [place < relevant for place in range(n)]
    chance.shuffle(labels)
    return [_text(chance, label) for label in labels], labels


def _text(chance: random.Random, relevant: bool) -> Text:
    def words(count: int) -> str:
        share = 0.35 if relevant else 0.08
        return " ".join(
            chance.choice(TOPIC) if chance.random() < share else chance.choice(OTHER if chance.random() < 0.5 else COMMON)
            for _ in range(count)
        )

    return Text(words(8), "" if chance.random() < 0.1 else words(60), chance.randint(1990, 2024))


def write_set(path: Path, texts: list[Text], labels: list[bool], label: str = "included") -> Path:
    """A labelled set as CSV, with the ids r0, r1, ..."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream)
        out.writerow(["id", "title", "abstract", "year", label])
        out.writerows([f"r{i}", text.title, text.abstract, text.year, int(labels[i])] for i, text in enumerate(texts))
    return path
