"""What a PDF tells a reader who cannot see it: the structure of its text, and what it is in XMP."""
