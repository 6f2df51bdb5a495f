"""The application's own themes. In the third, no two things that must be told apart differ by red against green alone.

The colours of "prisma-colour-blind" follow the palette of Okabe and Ito (2008): blue for what speaks for, vermilion for what speaks
against, both of clearly different lightness.
"""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="prisma-dark",
    primary="#5b8fb9",
    secondary="#7a93ac",
    accent="#7fb3d5",
    foreground="#d8dee4",
    background="#14181d",
    surface="#1b2027",
    panel="#242b34",
    success="#7bbf7b",
    warning="#d9a84e",
    error="#cf6a63",
    dark=True,
)
LIGHT = Theme(
    name="prisma-light",
    primary="#2f6690",
    secondary="#5c7489",
    accent="#1f5f8b",
    foreground="#1c2126",
    background="#fbfaf7",
    surface="#f3f1ec",
    panel="#e6e3dc",
    success="#2d7a37",
    warning="#8a5a00",
    error="#a8322a",
    dark=False,
)
COLOUR_BLIND = Theme(
    name="prisma-colour-blind",
    primary="#56b4e9",
    secondary="#999999",
    accent="#56b4e9",
    foreground="#e6e6e6",
    background="#101418",
    surface="#181d22",
    panel="#232a31",
    success="#56b4e9",
    warning="#f0e442",
    error="#d55e00",
    dark=True,
)
HIGH_CONTRAST = Theme(
    name="prisma-high-contrast",
    primary="#ffffff",
    secondary="#ffffff",
    accent="#00ffff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#303030",
    success="#00ff5f",
    warning="#ffff00",
    error="#ff5f5f",
    dark=True,
)
THEMES = (DARK, LIGHT, COLOUR_BLIND, HIGH_CONTRAST)
