"""Features on the disk, so that opening a large review again costs a moment.

Invariant: nothing depends on the file; one that is missing, damaged, from another version or unwritable only means building anew.
"""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from prisma_tool.errors import PrismaError
from prisma_tool.file_io import write_atomically
from prisma_tool.ranking.features import Features
from prisma_tool.ranking.sparse import sparse as sp

_PREFIX, _FORM = "ranking-", 2
"""The second grows whenever features change their meaning."""


def path_of(folder: Path, stamp: str) -> Path:
    """Where the features of the pool with this stamp lie."""
    return folder / f"{_PREFIX}{_FORM}-{stamp[:32]}.npz"


def recall_features(folder: Path, stamp: str) -> Features | None:
    """The features that were kept in `folder` under this stamp; None where there are none that can be used."""
    try:
        with path_of(folder, stamp).open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            return _unpacked(arrays)
    except (OSError, ValueError, KeyError, IndexError, zipfile.BadZipFile, EOFError, MemoryError):
        return None


def keep_features(folder: Path, stamp: str, features: Features) -> None:
    """Keep features, and drop those of earlier pools."""
    target = path_of(folder, stamp)
    with suppress(OSError, PrismaError):
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(target, _packed(features))
        for old in folder.glob(f"{_PREFIX}*.npz"):
            if old != target:
                old.unlink(missing_ok=True)


def _packed(features: Features) -> bytes:
    arrays: dict[str, Any] = {
        "lookup": features.lookup,
        "rarity": features.rarity,
        "scale": features.scale,
        "vocabulary": np.frombuffer("\n".join(features.vocabulary).encode(), dtype=np.uint8),
    }
    for number, (view, columns) in enumerate(zip(features.views, features.columns, strict=True)):
        arrays |= {f"data{number}": view.data, f"indices{number}": view.indices, f"indptr{number}": view.indptr}
        arrays |= {f"columns{number}": columns, f"shape{number}": np.array(view.shape), f"own{number}": features.own[number]}
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def _unpacked(arrays: Any) -> Features:
    numbers = range(sum(name.startswith("shape") for name in arrays.files))
    views = tuple(
        sp.csr_matrix((arrays[f"data{n}"], arrays[f"indices{n}"], arrays[f"indptr{n}"]), shape=tuple(arrays[f"shape{n}"]))
        for n in numbers
    )
    words = arrays["vocabulary"].tobytes().decode()
    features = Features(
        views=views,
        own=tuple(arrays[f"own{n}"] for n in numbers),
        columns=tuple(arrays[f"columns{n}"] for n in numbers),
        vocabulary=tuple(words.split("\n")) if words else (),
        lookup=arrays["lookup"],
        rarity=arrays["rarity"],
        scale=arrays["scale"],
    )
    for view in views:
        view.check_format(full_check=True)
    return features
