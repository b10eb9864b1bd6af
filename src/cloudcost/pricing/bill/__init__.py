"""A bill, compiled once from metered usage, a price source and closing terms, then asked in four ways.

Rows of usage become *lines*, lines that share the tiers of one price a *pool* (`rows`); sets of rows that share
nothing are compiled apart as *parts*; credits, tax and what a machine is sold for *close* the bill (`closing`).
`lines` prints it at given numbers of runs, `total` is what the printed lines come to, `curve` is the exact total as a
function of the number of runs, `samples` is the total in float64 over scenarios. All four read the same compiled
quantities and the same tier kernel, `cloudcost.pricing.tiers` and its float64 twin.
"""
