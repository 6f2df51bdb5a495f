"""Searches of services: run, rerun, replayed."""
