"""Outside a review: starting one, opening one, seeing the demo."""
