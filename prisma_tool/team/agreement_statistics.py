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
    used = sorted({category for rating in table for category in rating} | set(categories))
    shares = {rating: count / n for rating, count in table.items()}
    agree = sum(count for (a, b), count in table.items() if a == b)
    kinds = max(len(used), FEWEST_CATEGORIES)
    kappa, error = _kappa(shares, used, n)
    return Agreement(
        n,
        agree,
        kappa,
        None if kappa is None else max(-1.0, kappa - Z95 * error),
        None if kappa is None else min(1.0, kappa + Z95 * error),
        (kinds * agree / n - 1) / (kinds - 1),
        _ac1(shares, used, kinds),
    )


Shares = dict[Rating, float]


def _kappa(shares: Shares, used: Sequence[str], n: int) -> tuple[float | None, float]:
    """Cohen's kappa, and its standard error for an interval (Fleiss, Cohen & Everitt 1969, formula 13)."""
    first, second = _margins(shares, used)
    observed = sum(shares.get((one, one), 0.0) for one in used)
    expected = sum(first[one] * second[one] for one in used)
    if expected >= 1:
        return None, 0.0
    kappa = (observed - expected) / (1 - expected)
    left = 1 - kappa
    on = sum(shares.get((one, one), 0.0) * (1 - (first[one] + second[one]) * left) ** 2 for one in used)
    off = left**2 * sum(share * (second[a] + first[b]) ** 2 for (a, b), share in shares.items() if a != b)
    variance = (on + off - (kappa - expected * left) ** 2) / (n * (1 - expected) ** 2)
    return kappa, sqrt(max(variance, 0.0))


def _margins(shares: Shares, used: Sequence[str]) -> tuple[dict[str, float], dict[str, float]]:
    first, second = dict.fromkeys(used, 0.0), dict.fromkeys(used, 0.0)
    for (a, b), share in shares.items():
        first[a] += share
        second[b] += share
    return first, second


def _ac1(shares: Shares, used: Sequence[str], kinds: int) -> float:
    """Gwet's AC1: agreement by chance from the categories' mean share, so that rare categories do not drag it down."""
    first, second = _margins(shares, used)
    mean = [(first[one] + second[one]) / 2 for one in used]
    expected = sum(share * (1 - share) for share in mean) / (kinds - 1)
    observed = sum(shares.get((one, one), 0.0) for one in used)
    return (observed - expected) / (1 - expected)
