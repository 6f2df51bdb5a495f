"""The terminal application. Invariant: it decides nothing itself; every verdict goes through `screening` and is stored before the view moves."""
