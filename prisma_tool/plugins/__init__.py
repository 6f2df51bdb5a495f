"""What other packages add: found by their entry points, imported only when it is asked for by name."""
