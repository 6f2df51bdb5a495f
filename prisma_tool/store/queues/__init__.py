"""What the queues of screening read."""
