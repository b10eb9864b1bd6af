"""Prices that no row states and that follow from others by a stated rule."""
