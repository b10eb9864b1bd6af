"""Spot machines: what traces of interruptions say (`traced`), and the band of a type and region (`bands`)."""
