"""From a flow to every output: words, layout, fonts, renderers, and the files that numbers are typed in."""
