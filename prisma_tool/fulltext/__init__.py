"""Full texts: attempts at retrieval, links, documents and their identity."""
