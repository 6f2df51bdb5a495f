"""Browsing, correcting and exporting records."""
