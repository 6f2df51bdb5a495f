"""The full-text workbench: reports to get and to assess, the text of one of them, and the reasons and criteria beside it."""
