"""Quantity x tiers -> priced lines, exact; and the float64 twin for simulation.

`tiers` is the arithmetic of one quantity over one tier list, `lookup` finds the row of a book for a usage row, `lines`
prices a whole bill, `affine` puts run counts into usage, `vectorised` costs arrays of simulated quantities.
"""
