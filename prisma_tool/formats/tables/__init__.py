"""CSV, TSV and spreadsheets: columns, cells, rows."""
