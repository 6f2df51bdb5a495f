"""What the figure says below its boxes: notes, their marks, and what fills their placeholders."""
