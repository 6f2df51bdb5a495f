"""Search strategies: read, checked, tried and accepted before they run."""
