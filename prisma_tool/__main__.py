"""`python -m prisma_tool` is the command `prisma-tool`."""

from prisma_tool.cli.main import main

main()
