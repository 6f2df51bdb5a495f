"""Documents that are archives (docx, pptx) without the moment and the machine they were written on.

Invariant: the same parts in the same order give the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001 # the formats store local time without a zone; this is the earliest that ZIP knows


def document_date(moment: datetime | None) -> datetime:
    """A moment as documents store it: UTC without a zone, whole seconds, not before ZIP's time."""
    return EPOCH if moment is None else max(EPOCH, moment.astimezone(UTC).replace(tzinfo=None, microsecond=0))


def with_fixed_dates(archive: bytes) -> bytes:
    """`archive` with every part dated at the beginning of ZIP's time, and nothing said about the system."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            part = zipfile.ZipInfo(entry.filename, EPOCH.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            part.create_system = 3
            part.external_attr = 0o600 << 16
            new.writestr(part, old.read(entry))
    return target.getvalue()
