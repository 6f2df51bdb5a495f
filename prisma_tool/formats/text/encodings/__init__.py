"""Legacy encodings: the likeliest reading of a file that is not UTF, and the one that a person names."""
