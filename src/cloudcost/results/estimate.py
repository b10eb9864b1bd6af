"""One option's estimate: what it costs, how long it takes, how sure that is."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from cloudcost.domain.lines import LineItem
from cloudcost.domain.project import OptionKind
from cloudcost.domain.timing import Basis
from cloudcost.figures import figure
from cloudcost.frozen import dataclass
from cloudcost.money import format_usd

if TYPE_CHECKING:
    import pandas as pd

    from cloudcost.catalog.quotas.running import NeededQuota
    from cloudcost.pricing.committed import CommittedCost
    from cloudcost.results.uncertainty import OptionUncertainty


Lack = Literal["price", "time"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingTime:
    """How long one training of the project takes on an option.

    Parameters
    ----------
    name, network : str
    runs : int
        Expected number of runs. [count]
    steps : int
        Of one run. [count]
    seconds_per_step : float
        [s]
    interval_seconds : (float, float)
        Band of the seconds per step at the comparison's level. [s]
    hours_per_run : float
        Steps, validation and checkpoints; without start-up and download. [h]
    wall_hours_per_run : float
        With them, and with restarts; without waiting for capacity. [h]
    wait_hours_per_run : float
        Waiting for capacity, beside them. [h]
    basis : Basis
    notes : tuple of str
    """

    name: str
    network: str
    runs: int
    steps: int
    seconds_per_step: float
    interval_seconds: tuple[float, float]
    hours_per_run: float
    wall_hours_per_run: float
    wait_hours_per_run: float = 0.0
    basis: Basis
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What one option costs and how long it takes.

    Parameters
    ----------
    name, kind
        As in the project file.
    feasible : bool
        Whether it can be done at all, and within the project's time.
    guaranteed : bool
        False for free quotas, which may end at any time.
    reason : str
        Why not feasible; empty otherwise.
    total_usd : Decimal or None
        Sum of the lines; None where it cannot be priced. [USD]
    interval_usd : (Decimal, Decimal) or None
        Band of the total at the comparison's level. [USD]
    hours : float or None
        Wall time of all runs with start-up and restarts, without idle and without waiting for capacity, over all
        machines. [h]
    interruptions : str
        On spot capacity: what tells how often it is taken away and how long it is waited for; empty elsewhere.
    wait_hours : float or None
        Waiting for spot capacity, beside `hours`; project time and deadline count both. [h]
    hours_per_run : float or None
        Mean over all runs, without start-up and download. [h]
    seconds_per_iteration : float or None
        Mean over all steps of all runs. [s]
    interval_seconds : (float, float) or None
        Its band. [s]
    basis : Basis or None
        The weakest among the trainings'.
    lines : tuple of LineItem
    left_on_usd : tuple of Decimal
        What of each line is for what the project leaves on; empty where the option is billed for nothing of it. [USD]
    without_left_on_usd : Decimal or None
        The total if nothing were left on; None where the option is billed for nothing of it. [USD]
    assumptions : tuple of str
    commitments : tuple of CommittedCost
        What its bill commits to, in the cash and the amortised view.
    beside : tuple of str
        What is shown beside the total and is not in it: a purchase made before, the other view of a purchase.
    trainings : tuple of TrainingTime
    calendar_hours : float or None
        From the start until the last run ends, on all machines. [h]
    uncertainty : OptionUncertainty or None
        None without a simulation.
    gpus : int
        That a machine of it trains on, so that a step takes so many batches. [count]
    quota : NeededQuota or None
        That its machines need at AWS; None elsewhere, and where their class is not known.
    lacks : {"price", "time"} or None
        What is not known, so that there is no estimate; None where there is one.
    """

    name: str
    kind: OptionKind
    feasible: bool
    guaranteed: bool = True
    reason: str = ""
    total_usd: Decimal | None = None
    interval_usd: tuple[Decimal, Decimal] | None = None
    hours: float | None = None
    wait_hours: float | None = None
    interruptions: str = ""
    hours_per_run: float | None = None
    seconds_per_iteration: float | None = None
    interval_seconds: tuple[float, float] | None = None
    basis: Basis | None = None
    lines: tuple[LineItem, ...] = ()
    left_on_usd: tuple[Decimal, ...] = ()
    without_left_on_usd: Decimal | None = None
    assumptions: tuple[str, ...] = ()
    commitments: tuple[CommittedCost, ...] = ()
    beside: tuple[str, ...] = ()
    trainings: tuple[TrainingTime, ...] = ()
    calendar_hours: float | None = None
    uncertainty: OptionUncertainty | None = None
    gpus: int = 1
    quota: NeededQuota | None = None
    lacks: Lack | None = None

    def to_frame(self) -> pd.DataFrame:
        """Return the bill as a DataFrame, a row per line; amounts are exact Decimals."""
        from cloudcost.render.notebook.frames import lines_frame

        return lines_frame(self.lines)

    def to_json(self) -> str:
        """Return JSON, `cloudcost.estimate/1`."""
        from cloudcost.render.outputs import EstimateOutput

        return EstimateOutput(self).json()

    def __repr__(self) -> str:
        total = "not priced" if self.total_usd is None else f"{format_usd(self.total_usd)} USD"
        hours = "" if self.hours is None else f", {figure(self.hours)} h"
        return f"<Estimate of {self.name}: {total}{hours}{'' if self.feasible else ', cannot be done'}>"

    def __str__(self) -> str:
        from cloudcost.render.outputs import EstimateOutput

        return EstimateOutput(self).text()

    def _repr_html_(self) -> str:
        from cloudcost.render.notebook.html import estimate_html

        return estimate_html(self)
