"""The facets of a queue, beside it."""
