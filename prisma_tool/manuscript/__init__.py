"""Words and tables for the manuscript."""
