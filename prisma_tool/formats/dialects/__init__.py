"""What is particular in each platform's files: one table (TOML) a platform, and what loads them."""
