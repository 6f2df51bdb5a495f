"""Trial registers: ClinicalTrials.gov in its old and new shapes, WHO ICTRP."""
