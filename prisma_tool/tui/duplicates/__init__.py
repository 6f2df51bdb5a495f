"""Duplicates: uncertain pairs side by side."""
