"""The JSON object that an answer is; services that list full texts answer with one, also where they refuse."""

from __future__ import annotations

import json
from typing import Any

from prisma_tool.sources.transport import ServiceAnswer


def json_object(answer: ServiceAnswer) -> dict[str, Any] | None:
    """The object; None where the answer is something else, such as a page for people."""
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
