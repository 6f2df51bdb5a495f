"""Importing files inside the application."""
