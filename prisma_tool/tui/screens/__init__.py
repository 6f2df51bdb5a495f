"""One module and one .tcss per screen. Invariant: a screen holds widgets and keys; what they mean lies in `desk` and below."""
