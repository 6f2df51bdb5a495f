"""Flow: the diagram and what is behind it."""
