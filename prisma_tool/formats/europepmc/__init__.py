"""Europe PMC's JSON."""
