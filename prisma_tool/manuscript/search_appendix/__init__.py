"""The search appendix after PRISMA-S."""
