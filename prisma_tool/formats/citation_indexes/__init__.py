"""Answers of citation indexes, and what a citation search makes of them."""
