"""What a parsed file amounts to, entry by entry: every entry is read or rejected with a reason."""
