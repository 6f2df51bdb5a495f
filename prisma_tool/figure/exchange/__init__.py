"""Flows as files: the CSV of the PRISMA2020 R package and our JSON, read and written, and numbers that were typed in."""
