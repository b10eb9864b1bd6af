"""Convolutions one by one: how far each runs off the form, the fit of that, and its place in a device model's file."""
