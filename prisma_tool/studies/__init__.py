"""Reports linked to studies, and suggestions of links."""
