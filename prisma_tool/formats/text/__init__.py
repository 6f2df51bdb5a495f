"""Text that all formats share: encodings, names, dates, pages, markup."""
