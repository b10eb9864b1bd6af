"""The cheapest layout of a data set: which there are, what each costs, and what a change to it takes."""
