"""Studies: reports linked to their studies."""
