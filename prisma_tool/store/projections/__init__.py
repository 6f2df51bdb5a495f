"""The log and what follows from it, written in one transaction."""
