"""Rescue: a new review from what can be read of a damaged one."""
