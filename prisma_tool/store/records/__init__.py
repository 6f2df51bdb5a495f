"""Records, clusters, the events on records and study links."""
