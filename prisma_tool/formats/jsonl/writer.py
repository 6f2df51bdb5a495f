"""Records as JSON lines: one object a line, with the whole citation and what became of it. No field is lost.

Invariant: keys are sorted and empty values left out, so that equal records give equal lines; `jsonl.reader.parse_jsonl` reads them back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from prisma_tool.formats.account.export_row import ExportRow, votes_to_json
from prisma_tool.model.record.codec import encode


def write_jsonl(rows: Iterable[ExportRow]) -> Iterator[bytes]:
    """The rows as JSON lines, in the order given."""
    return (f"{json.dumps(_object(row), ensure_ascii=False, sort_keys=True)}\n".encode() for row in rows)


def _object(row: ExportRow) -> dict[str, Any]:
    reviewers = votes_to_json(row)
    values = {
        "key": row.key,
        "source": row.source,
        "accession": row.accession,
        "cluster": row.cluster,
        "title_abstract": row.title_abstract,
        "full_text": row.full_text,
        "reason": row.reason,
        "labels": list(row.labels),
        "reviewers": json.loads(reviewers) if reviewers else {},
        "retrieval": row.retrieval,
        "retrieval_note": row.retrieval_note,
        "efforts": list(row.efforts),
        "files": list(row.files),
        "found_in": list(row.found_in),
        "edited": list(row.edited),
    }
    filled = {name: value for name, value in values.items() if value}
    return {**filled, "representative": row.representative, "citation": json.loads(encode(row.citation))}
