"""Protocol: question, criteria, reasons, rules."""
