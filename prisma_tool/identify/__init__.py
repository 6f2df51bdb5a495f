"""Identification: running searches, importing files, and keeping the account of both."""
