"""Quantity x tiers -> priced lines, exact; and the float64 twin for simulation.

`tiers` is the arithmetic of one quantity over one tier list, `vectorised` the same over arrays. `market` is a price
book as one estimate sees it, `lookup` finds the row for a `PriceKey`, `free_tiers` says what is free, `dating` what is
to be said of old prices. `bill` is the bill.
"""
