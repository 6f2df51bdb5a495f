"""References of records in a style of the Citation Style Language."""
