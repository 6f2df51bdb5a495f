"""The database itself: schema, opening, claims, batches."""
