"""Screening: one report after the other, at both stages."""
