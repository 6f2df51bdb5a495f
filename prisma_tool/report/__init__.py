"""The reports that go with a manuscript: data of the review, as words and tables."""
