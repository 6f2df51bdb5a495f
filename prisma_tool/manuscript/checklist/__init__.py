"""Reporting checklists, filled as far as the data of a review reach."""
