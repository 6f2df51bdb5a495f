"""PubMed's search language as a tree: terms, ranges, references and groups, joined from left to right."""
