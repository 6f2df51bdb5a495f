"""The strategy guard: what would be searched otherwise than it is written, and what somebody accepted in spite of it."""
