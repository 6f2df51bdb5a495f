"""Reading back what a run kept in raw/, see `identify.raw`. Invariant: bytes that are not those that came are never given as sound."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def opened(folder: Path, kept: Mapping[str, Any]) -> tuple[bytes, str]:
    """The bytes of an answer or file that a run kept in the review's `folder`, and what is wrong with them: nothing if all is well.

    `kept` is its entry in the run's row; with a problem there are no bytes.
    """
    try:
        body = gzip.decompress((folder / kept["path"]).read_bytes())
    except FileNotFoundError:
        return b"", f"{kept['path']} is missing"
    except (OSError, EOFError, zlib.error) as error:
        return b"", f"{kept['path']} cannot be read ({error})"
    if hashlib.sha256(body).hexdigest() != kept["sha256"]:
        return b"", f"{kept['path']} was altered"
    return body, ""
