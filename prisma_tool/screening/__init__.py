"""Screening: decisions, retrieval, queues, and what has become of each report."""
