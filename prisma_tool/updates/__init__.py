"""Updates of a review: closed versions, changes since a decision, earlier decisions."""
