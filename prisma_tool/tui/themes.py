"""The application's own themes. In the third, no two things that must be told apart differ by red against green alone.

Invariant: a terminal of 256 colours shows the same. It keeps what is nearly grey (a saturation below 15 %) on its ramp of greys, where a
bluer surface would turn navy or teal; and the colours of text are of those that it has, or near one.

"prisma-colour-blind" follows Okabe and Ito (2008): blue for what speaks for, vermilion, here brighter, for what speaks against; they,
and the yellow of what is in doubt, stay apart in protanopia, deuteranopia and tritanopia.
"""

from __future__ import annotations

from textual.theme import Theme

_FAINT = "auto 60%"
"""Text that one need not read, such as what an empty field asks for; dark enough to be read."""


def _variables(texts: tuple[str, str, str, str], marked: tuple[str, str], edge: str, bar: tuple[str, str]) -> dict[str, str]:
    """What Textual would derive from the colours of a theme.

    Args:
        texts: the text of what speaks for, of what speaks against, of what is in doubt, and of what is named.
        marked: text and background of the marked row.
        edge: a frame that is not in use.
        bar: the scroll bar and its background.
    """
    names = ("text-success", "text-error", "text-warning", "text-accent")
    scrolling = {f"scrollbar{state}": bar[0] for state in ("", "-hover", "-active")}
    behind = {f"scrollbar-{part}": bar[1] for part in ("background", "background-hover", "background-active", "corner-color")}
    cursor = {"block-cursor-foreground": marked[0], "block-cursor-background": marked[1]}
    return (
        {"text-disabled": _FAINT, "foreground-disabled": edge}
        | dict(zip(names, texts, strict=True))
        | cursor
        | scrolling
        | behind
    )


DARK = Theme(
    name="prisma-dark",
    primary="#5b8fb9",
    secondary="#7a93ac",
    accent="#7fb3d5",
    foreground="#d8dee4",
    background="#15181b",
    surface="#1c2024",
    panel="#262b31",
    success="#7bbf7b",
    warning="#d9a84e",
    error="#cf6a63",
    dark=True,
    variables=_variables(("#87d75f", "#ff8787", "#ffd75f", "#87d7ff"), ("#ffffff", "#3b454d"), "#484d52", ("#626a72", "#15181b")),
)
LIGHT = Theme(
    name="prisma-light",
    primary="#2f6690",
    secondary="#5c7489",
    accent="#1f5f8b",
    foreground="#15181b",
    background="#fbfaf7",
    surface="#f2f1ee",
    panel="#e5e3de",
    success="#2d7a37",
    warning="#8a5a00",
    error="#a8322a",
    dark=False,
    variables=_variables(("#005f00", "#af0000", "#6b4c00", "#005f87"), ("#101214", "#c9d8e2"), "#bdbcb9", ("#83878b", "#fbfaf7")),
)
COLOUR_BLIND = Theme(
    name="prisma-colour-blind",
    primary="#56b4e9",
    secondary="#999999",
    accent="#56b4e9",
    foreground="#e6e6e6",
    background="#121417",
    surface="#191c1f",
    panel="#242a2f",
    success="#56b4e9",
    warning="#f0e442",
    error="#d55e00",
    dark=True,
    variables=_variables(("#5fafff", "#ff8700", "#ffff87", "#d7d7d7"), ("#ffffff", "#3b454d"), "#4a4e52", ("#626a72", "#121417")),
)
HIGH_CONTRAST = Theme(
    name="prisma-high-contrast",
    primary="#ffffff",
    secondary="#ffffff",
    accent="#00ffff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1c1c1c",
    success="#00ff5f",
    warning="#ffff00",
    error="#ff5f5f",
    dark=True,
    variables=_variables(("#5fff5f", "#ff8787", "#ffff5f", "#5fffff"), ("#ffffff", "#444444"), "#8a8a8a", ("#c6c6c6", "#000000"))
    | {"text": "auto 100%", "text-muted": "auto 75%", "text-disabled": "auto 68%"},
)
THEMES = (DARK, LIGHT, COLOUR_BLIND, HIGH_CONTRAST)


def usual_theme(colours: str | None) -> Theme:
    """The theme of who has chosen none, in a terminal with so many colours as Rich names them: 16 are too few for quiet ones."""
    return HIGH_CONTRAST if colours == "standard" else DARK
