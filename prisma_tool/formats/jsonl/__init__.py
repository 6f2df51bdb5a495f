"""JSON Lines, the lossless export of this program."""
