"""What a place works on, without a screen: tested headless, Textual is not imported here."""
