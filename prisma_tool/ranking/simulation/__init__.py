"""A labelled screening done over again, and what ranking would have saved."""
