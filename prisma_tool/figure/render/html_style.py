"""How the page around the figure looks, on a bright and on a dark screen, on a narrow one and on paper.

Invariant: text stands out from its ground by 4.5 to 1 at least in both schemes (WCAG 2.2, 1.4.3); nothing is loaded from elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "ground": "#ffffff", "panel": "#f4f6f8", "ink": "#1a1a1a", "quiet": "#4a5560", "link": "#0b3d91", "line": "#76808a", "bad": "#a3160b",
}  # fmt: skip
DARK: Mapping[str, str] = {
    "ground": "#14181c", "panel": "#1f252b", "ink": "#eceff1", "quiet": "#b5bec6", "link": "#9ecbff", "line": "#7d8891", "bad": "#ffb4a9",
}  # fmt: skip
FIGURE_LINK = "#0b3d91"
"""The figure itself stays on white, as it is printed."""
FOCUS = "#b3261e"


def _scheme(colours: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in colours.items())


STYLE = f"""
:root{{color-scheme:light dark;{_scheme(LIGHT)}}}
@media (prefers-color-scheme:dark){{:root{{{_scheme(DARK)}}}}}
*{{box-sizing:border-box}}
body{{margin:0 auto;padding:1rem;max-width:76rem;background:var(--ground);color:var(--ink);font:1rem/1.5 Arial,Helvetica,'Liberation Sans',sans-serif}}
h1{{font-size:1.4rem;line-height:1.3}}
h2{{font-size:1.15rem;margin:2rem 0 .5rem}}
h3{{font-size:1rem;margin:0 0 .5rem}}
a{{color:var(--link)}}
a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{{outline:3px solid var(--link);outline-offset:2px}}
figure{{margin:0}}
figcaption{{margin:.75rem 0;max-width:50rem}}
.sheet{{overflow-x:auto;background:#fff;border:1px solid var(--line)}}
.sheet svg{{display:block;width:100%;min-width:46rem;height:auto}}
.number text{{fill:{FIGURE_LINK}}}
.number .area{{fill:transparent;stroke:none}}
.number:hover .area{{fill:{FIGURE_LINK};fill-opacity:.14}}
.number:hover text{{text-decoration:underline}}
.number:focus{{outline:none}}
.number:focus-visible .area{{fill:{FOCUS};fill-opacity:.12;stroke:{FOCUS};stroke-width:.6}}
.list{{display:none;margin:1rem 0;padding:1rem;background:var(--panel);border:1px solid var(--line)}}
.list:target,#every-list:target .list{{display:block}}
.list ol,.list ul{{margin:.5rem 0;padding-left:3.2rem}}
.list li{{margin:.2rem 0;overflow-wrap:anywhere}}
.key{{font-family:ui-monospace,'Liberation Mono',monospace;font-size:.9em}}
.count{{white-space:nowrap}}
.list{{scroll-margin-top:1rem}}
.quiet{{color:var(--quiet)}}
.bad{{color:var(--bad);font-weight:bold}}
.wide{{overflow-x:auto}}
table{{border-collapse:collapse;width:100%}}
th,td{{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid var(--line)}}
@media print{{
:root{{{_scheme(LIGHT)}}}
body{{padding:0;max-width:none}}
.sheet{{border:none;overflow:visible}}
.sheet svg{{min-width:0}}
.number text{{fill:#1a1a1a}}
.screen{{display:none}}
}}
"""
