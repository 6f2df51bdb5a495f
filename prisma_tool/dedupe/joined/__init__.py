"""The pairs that stand joined: how well each is backed, and which of them the present rules would not join."""
