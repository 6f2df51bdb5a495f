"""What stands in full texts: read apart, laid out in paragraphs, kept by the hash of their files."""
