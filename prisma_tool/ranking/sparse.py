"""SciPy's sparse matrices, for the modules of this room. Importing it where SciPy is missing says what to install."""

from __future__ import annotations

from prisma_tool.ranking.extra import require_scipy

require_scipy()

from scipy import sparse  # noqa: E402 - the sentence comes first

__all__ = ["sparse"]
