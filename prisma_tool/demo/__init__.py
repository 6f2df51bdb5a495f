"""The worked example: a complete review, built offline from invented records through the same code as a real one."""
