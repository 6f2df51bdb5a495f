"""Records: browsing, and one record whole."""
