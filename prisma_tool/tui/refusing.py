"""An application in which keys that change the review say so, and do nothing, where it may only be read."""

from __future__ import annotations

from collections.abc import Mapping

from textual.actions import ActionParseResult
from textual.dom import DOMNode

from prisma_tool.tui.frame.changing_keys import REFUSED
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.typed_ahead import TypedAhead


class Refusing(TypedAhead):
    """Asks the place that is shown whether it refuses what a key or the palette asks for."""

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do what a key or the palette asks for; where it would change what may only be read, that is told."""
        if isinstance(action, str) and isinstance(self.screen, PlaceScreen) and self.screen.refuses(action):
            self.screen.tell(REFUSED)
            return True
        return await super().run_action(action, default_namespace, namespaces)
