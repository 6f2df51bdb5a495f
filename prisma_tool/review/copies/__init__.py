"""Copies of a review: merged and moved."""
