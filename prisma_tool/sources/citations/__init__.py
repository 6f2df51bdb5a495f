"""Clients of the citation indexes, all of one shape; `index` says which."""
