"""A comparison as one page with sliders, and as figures in files."""
