"""Strategies as people have them: copied, exported, numbered and annotated in every way, read as the lines that were meant."""
