"""What has become of each report, and who may see what of it."""
