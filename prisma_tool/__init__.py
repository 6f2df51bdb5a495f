"""prisma-tool: systematic reviews in the terminal, every number traceable to its records.

This package imports nothing here, so that `prisma-tool --help` stays instant; the version lives in `prisma_tool.version`.
"""
