"""Files of other databases: what they are and their way into the store."""
