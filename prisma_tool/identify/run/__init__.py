"""What every run has: progress, kept answers, services."""
