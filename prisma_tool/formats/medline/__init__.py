"""MEDLINE as PubMed saves it (.nbib), read and written."""
