"""Services that know where the full text of a report may be read, and fetching the documents that they name."""
