"""Citation searching: from seed references to what they cite and what cites them (TARCiS 2024)."""
