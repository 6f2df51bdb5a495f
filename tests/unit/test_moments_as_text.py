"""Moments as text: of one width, in UTC, and as the standard library writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import example, given
from hypothesis import strategies as st

from prisma_tool.model.utc import utc_text

zones = st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-9, minutes=-30))])
moments = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=zones)  # noqa: DTZ001 - zones are drawn beside


@example(datetime(2025, 2, 3, 9, tzinfo=UTC))
@example(datetime(2025, 2, 3, 9, 0, 0, 1, tzinfo=UTC))
@example(datetime(2025, 2, 3, 9, 0, 0, 120_000, tzinfo=UTC))
@given(moments)
def test_a_moment_is_written_as_the_standard_library_writes_it(moment: datetime) -> None:
    written = utc_text(moment)
    assert written == moment.astimezone(UTC).isoformat(timespec="microseconds")
    assert len(written) == len("2025-02-03T09:00:00.000000+00:00")
