"""Figures drawn once, as SVG with text and colours of its own: for the page, for files and for notebooks."""
