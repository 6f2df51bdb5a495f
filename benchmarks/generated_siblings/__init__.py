"""Invented pairs of records that are certain by construction: siblings (two reports of one group) and true duplicates."""
