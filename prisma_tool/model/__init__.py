"""What a review consists of, as plain frozen data and pure functions; no file, network, database or clock is touched here."""
