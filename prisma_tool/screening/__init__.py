"""Screening: decisions, the queue, exclusion reasons, conflicts, and the order of relevance."""
