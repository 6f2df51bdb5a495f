"""CSL-JSON, the citation format of Zotero, citeproc and Crossref."""
