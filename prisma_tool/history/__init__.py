"""The log in words, and where the review stands."""
