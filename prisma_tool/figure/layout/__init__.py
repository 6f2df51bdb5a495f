"""Boxes, lines and arrows with coordinates, from a flow and the options of a figure."""
