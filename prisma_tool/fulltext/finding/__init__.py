"""Finding full texts by services: which are asked in which order, what they answered, and what is kept of it."""
