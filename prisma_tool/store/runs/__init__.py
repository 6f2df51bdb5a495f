"""Runs of searches and imports."""
