"""What is concluded from usage, prices and times: estimates, comparisons, break-even, uncertainty, what matters.

`estimate` prices an option at its runs, `compare` puts options side by side, `verdict` says which to take, `effort`
refuses what would take too long. `breakeven`, `uncertainty`, `matters`, `nonsense`, `report` and `sweep` hold one
question each. What an option is and bills comes from `cloudcost.options`.
"""
