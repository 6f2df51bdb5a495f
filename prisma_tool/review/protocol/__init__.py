"""review.toml: read, checked and edited."""
