"""The arithmetic of a flow: the table of relations, what may explain a difference, and both in sentences for an editor."""
