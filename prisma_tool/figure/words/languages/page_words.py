"""What the page around an HTML figure says by itself, in English; the tables of other languages have these strings among their labels.

Invariant: whatever stands in braces is filled by the page and the same in all languages.
"""

from __future__ import annotations

EVERY_NUMBER = "Every number in the figure is a link: it lists the records or studies behind it."
DIAGRAM = "Flow diagram"
BEHIND = "Behind the numbers"
CHOOSE = "Choose a number in the figure, or {show}show every list{shown} ({hide}hide them again{hidden})."
CHECKS = "Checks of the arithmetic"
IN_WORDS = "The figure in words"
PENDING = "Pending"
LIST = "list"
CLICK = "click to list what stands behind this number"
BACK = "Back to the figure"
NOTHING = "Nothing stands behind this number: it is zero."
BY_HAND = "Entered by hand, without records here:"
UNLINKED = "Report without a link to a study"
KEYS_ONLY = "Keys only, because this list has more than {n} entries; an export has the titles."
