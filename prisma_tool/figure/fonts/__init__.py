"""Faces, their metrics and what is embedded of them."""
