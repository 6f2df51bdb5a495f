"""Search: running the searches, and what they brought."""
