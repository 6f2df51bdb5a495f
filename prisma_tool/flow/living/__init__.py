"""Living reviews: one figure from the base version, each update, and all of them together."""
