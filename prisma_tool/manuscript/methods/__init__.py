"""The methods section: facts from the log, and the sentences that follow from them."""
