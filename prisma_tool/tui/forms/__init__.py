"""Rare acts on the whole review, each a form that calls what its command on the command line calls."""
