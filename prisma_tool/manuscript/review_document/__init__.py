"""One document for the whole manuscript, whose generated parts can be renewed while the words of its authors stay."""
