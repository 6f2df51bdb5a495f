"""PubMed as E-utilities answer: XML of articles and books, lists of ids."""
