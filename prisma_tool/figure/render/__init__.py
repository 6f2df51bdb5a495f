"""One module an output: a layout or a flow in, bytes out."""
