"""How far two reviewers agree: percent, Cohen's kappa with its interval, PABAK and Gwet's AC1.

Pure arithmetic on pairs of ratings. Invariant: every statistic is symmetric in the two reviewers, 1 where they agree on everything (where
it is defined at all), and None where the ratings cannot define it, never a number out of nowhere.

Sources of the formulas: kappa: Cohen 1960 (Educ Psychol Meas 20:37-46); its standard error: Fleiss, Cohen & Everitt 1969 (Psychol Bull
72:323-327); PABAK: Byrt, Bishop & Carlin 1993 (J Clin Epidemiol 46:423-429), for k categories as Brennan & Prediger 1981; AC1: Gwet 2008
(Br J Math Stat Psychol 61:29-48).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054
"""The 97.5th percentile of the standard normal distribution."""

FEWEST_CATEGORIES = 2
"""Where both only ever used one category, there was still another to choose."""

Rating = tuple[str, str]
"""The categories into which the first and the second reviewer put one report."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """The agreement of two reviewers on the reports that both rated.

    `n` counts these reports, `agree` those on which they agree. The rest are ratios: `kappa` from -1 to 1 with the 95% confidence interval
    `kappa_low` to `kappa_high`, `pabak` and `ac1` likewise. None where it is undefined: all of them without a common report, kappa
    also where both used one and the same category throughout, for then chance alone explains everything.
    """

    n: int
    agree: int
    kappa: float | None = None
    kappa_low: float | None = None
    kappa_high: float | None = None
    pabak: float | None = None
    ac1: float | None = None


def agreement(ratings: Sequence[Rating], categories: Collection[str] = ()) -> Agreement:
    """The agreement in these ratings; `categories` are those that could be chosen, beside any that were."""
    n = len(ratings)
    if not n:
        return Agreement(0, 0)
    table = Counter(ratings)
    all_categories = sorted({category for rating in table for category in rating} | set(categories))
    shares = {rating: count / n for rating, count in table.items()}
    agree = sum(count for (a, b), count in table.items() if a == b)
    category_count = max(len(all_categories), FEWEST_CATEGORIES)
    kappa, standard_error = _kappa(shares, all_categories, n)
    return Agreement(
        n,
        agree,
        kappa,
        None if kappa is None else max(-1.0, kappa - Z95 * standard_error),
        None if kappa is None else min(1.0, kappa + Z95 * standard_error),
        (category_count * agree / n - 1) / (category_count - 1),
        _ac1(shares, all_categories, category_count),
    )


Shares = dict[Rating, float]


def _kappa(shares: Shares, categories: Sequence[str], n: int) -> tuple[float | None, float]:
    """Cohen's kappa, and its standard error for an interval (Fleiss, Cohen & Everitt 1969, formula 13)."""
    first, second = _margins(shares, categories)
    observed = sum(shares.get((category, category), 0.0) for category in categories)
    expected = sum(first[category] * second[category] for category in categories)
    if expected >= 1:
        return None, 0.0
    kappa = (observed - expected) / (1 - expected)
    disagreement = 1 - kappa
    on_diagonal = sum(
        shares.get((category, category), 0.0) * (1 - (first[category] + second[category]) * disagreement) ** 2
        for category in categories
    )
    off_diagonal = disagreement**2 * sum(share * (second[a] + first[b]) ** 2 for (a, b), share in shares.items() if a != b)
    variance = (on_diagonal + off_diagonal - (kappa - expected * disagreement) ** 2) / (n * (1 - expected) ** 2)
    return kappa, sqrt(max(variance, 0.0))


def _margins(shares: Shares, categories: Sequence[str]) -> tuple[dict[str, float], dict[str, float]]:
    first, second = dict.fromkeys(categories, 0.0), dict.fromkeys(categories, 0.0)
    for (a, b), share in shares.items():
        first[a] += share
        second[b] += share
    return first, second


def _ac1(shares: Shares, categories: Sequence[str], category_count: int) -> float:
    """Gwet's AC1: agreement by chance from the categories' mean share, so that rare categories do not drag it down."""
    first, second = _margins(shares, categories)
    mean = [(first[category] + second[category]) / 2 for category in categories]
    expected = sum(share * (1 - share) for share in mean) / (category_count - 1)
    observed = sum(shares.get((category, category), 0.0) for category in categories)
    return (observed - expected) / (1 - expected)
