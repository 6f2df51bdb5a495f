"""Deduplication: normalise, find candidates, score with named reasons, join into clusters; and reports linked to studies."""
