"""Screening in the order of relevance, and when it may stop."""
