"""A PubMed strategy in the syntax of other platforms: for reading and for a librarian's hand, never to be sent, never tested."""
