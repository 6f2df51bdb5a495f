"""The review folder: finding it, reading review.toml, knowing the environment, opening the store."""
