"""What the order of relevance needs beside the usual installation: SciPy, two fifths of its size, which the extra `ranking` brings.

Invariant: where it is missing, one sentence says what to install, and nothing else of the program is touched.
"""

from __future__ import annotations

from importlib.util import find_spec

from prisma_tool.errors import UsageError


def require_scipy() -> None:
    """Say what to install where SciPy is missing.

    Raises:
        UsageError: it is.
    """
    if find_spec("scipy") is None:
        raise UsageError("The order of relevance needs the extra 'ranking': pip install 'prisma-tool[ranking]'.")
