"""From a project to metered quantities by billing month, before any price is known.

`calendar` splits time into months; `s3` and `machines` each meter one thing a module; `events` places what happens at
a moment, `left_on` what stands there beside the training, `chosen` what holds for one option, `credits` how long
credits last. `option` puts an option's meters together. All quantities are integers in base units; each is affine in
the numbers of runs (see `cloudcost.domain.usage.RunUsage`).
"""
