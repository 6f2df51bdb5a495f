"""Watching a living review: searches and retraction checks rerun together, and what is new in words."""
