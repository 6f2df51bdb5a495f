"""Tagged files of Ovid and Web of Science."""
