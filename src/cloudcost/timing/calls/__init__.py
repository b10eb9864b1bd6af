"""A model of one's own machine: a step's time from the calls that a framework makes, each timed there."""
