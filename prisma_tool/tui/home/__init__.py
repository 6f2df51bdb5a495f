"""Home: where the review stands."""
