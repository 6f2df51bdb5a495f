"""The parts of screens. Invariant: text of records reaches the terminal only as `Content`, cleaned and never parsed for markup."""
