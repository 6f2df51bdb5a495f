"""The hybrid logical clock that orders events by cause: Kulkarni et al. 2014, "Logical Physical Clocks", in one number of microseconds.

Invariant: an event's clock is larger than that of every event which its database held when it was stored, whatever the wall clock
said. Between copies that had not met, the larger clock and then the larger id comes later, whoever merges what into what.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_YEAR = timedelta(days=365)

FURTHEST = (datetime(9000, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND
"""No clock goes further: what comes from outside with a larger one is refused, so that later events always have room."""

TOLERATED = timedelta(minutes=5)
"""How far clocks of different machines may be apart before it is worth a word."""


def microseconds(moment: datetime) -> int:
    """A moment as a clock: microseconds since 1970, UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def microseconds_in(length: timedelta) -> int:
    """A length of time in the unit of clocks."""
    return length // _MICROSECOND


def moment_of(clock: int) -> datetime:
    """The wall clock's part of a clock, as a moment; exact to the number of events of one microsecond, and never out of the calendar."""
    return _EPOCH + min(max(clock, 0), FURTHEST) * _MICROSECOND


def following(now: datetime, newest: int) -> int:
    """The clock of the next event: the wall clock, unless the database has seen as much or more.

    Args:
        now: What the wall clock says.
        newest: The largest clock that the database has seen; 0 for none.
    """
    return max(microseconds(now), newest + 1)


def lag(now: datetime, newest: int) -> timedelta:
    """By how much the wall clock is behind the newest event; zero or less where it is not."""
    return (newest - microseconds(now)) * _MICROSECOND


def lag_sentence(behind: timedelta) -> str:
    """What people are told whose clock is behind."""
    return (
        f"This computer's clock is {lag_text(behind)} behind the newest event of this review. What is done here still counts as the "
        "latest, but its date may be wrong: set the clock, or see `prisma-tool doctor`."
    )


def lag_text(behind: timedelta) -> str:
    """A lag in words, in the largest unit that fits: "2 days"."""
    for unit, length in (
        ("year", _YEAR),
        ("day", timedelta(days=1)),
        ("hour", timedelta(hours=1)),
        ("minute", timedelta(minutes=1)),
    ):
        count = round(behind / length)
        if count >= 1:
            return f"{count} {unit}" + ("s" if count > 1 else "")
    return "less than a minute"
