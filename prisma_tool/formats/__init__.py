"""Every parser and writer: bytes or text in, accounts of citations out, and back. Pure: no network, no database, no clock."""
