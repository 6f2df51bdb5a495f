"""The deposit: what is published of a review so that anybody can recompute its numbers, and what recomputes them."""
