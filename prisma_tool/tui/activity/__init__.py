"""Activity: what was done, by whom and when."""
