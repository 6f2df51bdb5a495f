"""What PRISMA 2020 has no box for: studies that are set aside, and participants."""
