"""Conflicts: settling what two reviewers see differently."""
