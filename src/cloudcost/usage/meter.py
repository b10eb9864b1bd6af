"""A meter: it knows a project's calendar, a region and a service, and makes the rows of what is used there.

Use lies in time in one of three ways: once, in the project's first month; evenly over the project, to the second; or as
events, each of them whole at its moment.
"""

from __future__ import annotations

from collections.abc import Sequence

from cloudcost.domain.project import Project
from cloudcost.domain.usage import RunUsage, Span
from cloudcost.frozen import dataclass
from cloudcost.units import BillingMonth
from cloudcost.usage.calendar import Window, project_window, split
from cloudcost.usage.events import Readings, StayInMonth, months, per_pass

_MILLIONTHS = {"requests": ("micro-requests", 1_000_000)}
"""Units that an expected number of events is counted in, finer than the events' own, and how many make one of it."""


@dataclass(frozen=True, slots=True)
class Meter:
    """Makes rows of usage.

    Parameters
    ----------
    project : Project
        Whose months they are in.
    region : str
        Where it is used.
    service : str
        Whose use it is.
    """

    project: Project
    region: str
    service: str = "AmazonS3"

    @property
    def window(self) -> Window:
        """The project's own time."""
        return project_window(self.project)

    def row(
        self,
        month: BillingMonth,
        usage_type: str,
        unit: str,
        *,
        fixed: int = 0,
        per_run: tuple[int, ...] = (),
        span: Span | None = None,
        operation: str = "",
        purchase: str = "on-demand",
        why: str,
    ) -> RunUsage:
        """Return one row of a month, as `RunUsage` has it."""
        return RunUsage(
            service=self.service,
            region=self.region,
            usage_type=usage_type,
            operation=operation,
            purchase=purchase,
            month=month,
            unit=unit,
            fixed=fixed,
            per_run=per_run,
            span=span,
            why=why,
        )

    def once(
        self,
        usage_type: str,
        unit: str,
        *,
        fixed: int = 0,
        per_run: Sequence[int] = (),
        purchase: str = "on-demand",
        why: str,
    ) -> RunUsage:
        """Return use in the month in which the project begins. [unit]"""
        month = BillingMonth.of(self.project.start)
        return self.row(month, usage_type, unit, fixed=fixed, per_run=tuple(per_run), purchase=purchase, why=why)

    def evenly(
        self,
        usage_type: str,
        unit: str,
        *,
        fixed: int = 0,
        per_run: Sequence[int] = (),
        purchase: str = "on-demand",
        why: str,
    ) -> list[RunUsage]:
        """Return use spread evenly over the project's billing months; months without any are left out.

        Parameters
        ----------
        fixed : int
            In all. [unit]
        per_run : sequence of int
            Per run of each training. [unit]
        """
        if not fixed and not any(per_run):
            return []
        window = self.window
        run_parts = [split(quantity, window) for quantity in per_run]
        rows: list[RunUsage] = []
        for position, (month, part) in enumerate(split(fixed, window)):
            of_runs = tuple([parts[position][1] for parts in run_parts])
            if part or any(of_runs):
                # not by `row`: a sweep makes millions
                rows.append(
                    RunUsage(
                        service=self.service, region=self.region, usage_type=usage_type, purchase=purchase,
                        month=month, unit=unit, fixed=part, per_run=of_runs, why=why,
                    )
                )  # fmt: skip
        return rows

    def events(
        self,
        usage_type: str,
        unit: str,
        *,
        each: int = 0,
        count: int = 0,
        at_start: int = 0,
        per_run: Sequence[int] = (),
        stays: Sequence[StayInMonth] | None = None,
        operation: str = "",
        why: str,
    ) -> list[RunUsage]:
        """Return the use of events by billing month; months without any are left out.

        Parameters
        ----------
        each : int
            Of one event that does not depend on the runs. [unit]
        count : int
            Such events, spread evenly over the project. [count]
        at_start : int
            Such events at the project's start. [count]
        per_run : sequence of int
            Per run of each training; runs begin evenly over the project. [unit]
        stays : sequence of StayInMonth, optional
            The stretches of the project that count; all of it by months without.
        """
        of_runs = tuple(per_run) if any(per_run) else ()
        rows: list[RunUsage] = []
        for month, _, span in months(self.project) if stays is None else stays:
            fixed = each * (span.count(count) + (at_start if span.begin == 0 else 0))
            if fixed or of_runs:
                part = None if not of_runs or span.end - span.begin == span.whole else span
                rows.append(
                    RunUsage(
                        service=self.service, region=self.region, usage_type=usage_type, operation=operation,
                        month=month, unit=unit, fixed=fixed, per_run=of_runs, span=part, why=why,
                    )
                )  # fmt: skip
        return rows

    def readings(
        self,
        usage_type: str,
        unit: str,
        *,
        each: int,
        readings: Readings,
        stays: Sequence[StayInMonth] | None = None,
        why: str,
    ) -> list[RunUsage]:
        """Return the use of readings of the data set, as `events` does.

        Parameters
        ----------
        each : int
            Of one reading. [unit]
        readings : Readings

        Notes
        -----
        An expected number of readings is no whole one: 3.5 a run are 10.5 over three runs. What it comes to stays
        affine in the runs: a run's bytes are rounded to one byte, and its requests are counted in millionths.
        """
        evenly, at_start, passes = readings
        if not all(isinstance(times, int) or times.denominator == 1 for times in passes):
            unit, scale = _MILLIONTHS.get(unit, (unit, 1))
            each *= scale
        per_run = per_pass(each, passes)
        return self.events(
            usage_type, unit, each=each, count=evenly, at_start=at_start, per_run=per_run, stays=stays, why=why
        )
