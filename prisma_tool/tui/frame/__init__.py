"""What all places share: their table, their keys, the screen below each."""
