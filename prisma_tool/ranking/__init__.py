"""Prioritised screening: features, model, stopping, simulation. Arrays in, arrays out; numpy and scipy are imported only here."""
