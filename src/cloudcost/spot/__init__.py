"""Training on spot capacity: what interruptions and waits cost in time and in money.

`expected_spot_run` is the formula, `sample_spot_run` draws runs, `replay` walks real traces, `simulation` is the slow
oracle of all three; `fitting.fit_trace` makes a model of a trace, and `catalog.spot.traced.spot_model` reads the
shipped ones. This package loads NumPy: import it only where a spot option or a simulation asks for it. What only the
making of models and tests need, `fitting` and `replay`, is not loaded with it.
"""

from __future__ import annotations

from cloudcost.catalog.spot.traced import spot_model
from cloudcost.spot.expected import SpotRun, expected_spot_run
from cloudcost.spot.history import SpotDraws
from cloudcost.spot.intervals import best_interval, young_interval
from cloudcost.spot.model import availability, exponential_model, mean_up_seconds, mean_wait_seconds
from cloudcost.spot.sampling import draw_histories, sample_in_histories, sample_spot_run

__all__ = [
    "SpotDraws",
    "SpotRun",
    "availability",
    "best_interval",
    "draw_histories",
    "expected_spot_run",
    "exponential_model",
    "mean_up_seconds",
    "mean_wait_seconds",
    "sample_in_histories",
    "sample_spot_run",
    "spot_model",
    "young_interval",
]
