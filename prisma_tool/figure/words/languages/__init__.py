"""The wording of the figure in other languages than English: one table a language."""
