"""What a figure says: labels, caption, options, line breaks."""
