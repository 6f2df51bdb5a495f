"""Small dialogs that several places ask with."""
