"""The protocol of a review as data."""
