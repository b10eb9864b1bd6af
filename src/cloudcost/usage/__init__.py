"""From a project to metered quantities by billing month, before any price is known.

`calendar` splits time into months, `storage`, `requests`, `transfer`, `compute` and `local` each meter one thing,
`runs` says how long one run takes, `option` puts an option's meters together. All quantities are integers in base
units; each is affine in the numbers of runs (see `cloudcost.domain.usage.RunUsage`).
"""
