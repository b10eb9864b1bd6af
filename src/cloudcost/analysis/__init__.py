"""What is concluded from usage, prices and times: estimates, comparisons, break-even, uncertainty, what matters.

The only layer that sees all the others. `times` asks the timing model, `model` makes an option's bill as a function of
the runs, `estimate` prices it, `compare` puts options side by side.
"""
