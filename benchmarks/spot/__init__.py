"""Fit the shipped table of spot interruptions on traces, and hold the formula against replay and simulation."""
