"""Two databases made one."""
