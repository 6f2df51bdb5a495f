"""Records and their parts: citation, identifiers, keys."""
