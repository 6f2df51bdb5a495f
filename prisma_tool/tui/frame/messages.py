"""What threads tell the application."""

from __future__ import annotations

from textual.message import Message

from prisma_tool.tui.sessions.search_session import SearchEnded


class SearchProgressed(Message):
    """A running search got on."""


class SearchOver(Message):
    """A search ended."""

    def __init__(self, ended: SearchEnded) -> None:
        super().__init__()
        self.ended = ended


class ReviewMoved(Message):
    """The review is in another database by now."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence
