"""Seeded scenarios of a project: what each option costs and how long it takes when the uncertain inputs are drawn.

`simulate` is the way in. This package loads NumPy: import it only where scenarios are asked for.
"""

from __future__ import annotations

from cloudcost.analysis.uncertainty.scenarios.met import met_by
from cloudcost.analysis.uncertainty.scenarios.samples import Sample
from cloudcost.analysis.uncertainty.scenarios.simulate import OptionScenarios, simulate

__all__ = ["OptionScenarios", "Sample", "met_by", "simulate"]
