"""Reviewers: agreement, assignment, pilot."""
