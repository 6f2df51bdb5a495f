"""Deduplication: normalise, find candidates, compare with named findings, join into clusters."""
