"""Team: who has done how much."""
