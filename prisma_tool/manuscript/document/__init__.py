"""A document of blocks, as Markdown and as Word."""
