"""What several places say in the same words."""
