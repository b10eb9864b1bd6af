"""Whether what an option names can be had on the project's days: what had not begun yet, what is retired, and when.

The day is that of the whole comparison (`Context.day`): `--as-of`, else the project's start. A type that is retired
while the project lasts can be started until then; the time after that day is not the project's to train in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache

from cloudcost.catalog.books.launches import Launch, is_before, launch_of, machine_in
from cloudcost.catalog.devices import not_launched
from cloudcost.catalog.instances import is_startable
from cloudcost.domain.devices import Instance
from cloudcost.domain.kinds import facts_of
from cloudcost.domain.project import Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.frozen import dataclass
from cloudcost.options.quotas import quota_obstacle
from cloudcost.pricing.lookup import price_day
from cloudcost.units import BillingMonth
from cloudcost.usage.calendar import project_window
from cloudcost.usage.chosen import in_aws
from cloudcost.usage.left_on import left_on_at, left_on_window
from cloudcost.usage.machines.compute import machine_usage_type

CHOSEN_HERE = frozenset({"EBS:VolumeUsage.gp3"})
"""Usage types that metering chooses, not the project: before they began there was another for the same, its price
unknown; theirs is carried back and marked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Whether an option's machine can be had.

    Parameters
    ----------
    obstacles : tuple of str
        Why not on the day; none where it can.
    until : date or None
        The day within the project from which it can no longer be started.
    why_until : str
    notes : tuple of str
    """

    obstacles: tuple[str, ...] = ()
    until: date | None = None
    why_until: str = ""
    notes: tuple[str, ...] = ()


_TO_BE_HAD = Availability()


def availability(
    project: Project, option: Option, machine: Instance | None, *, day: date, as_of: date | None, service: str
) -> Availability:
    """Return whether an option's machines can be had from a day on.

    Parameters
    ----------
    machine : Instance or None
        The option's own type, where it is known.
    day : date
        Of the comparison.
    as_of : date or None
        Where that day was asked for: then all is as on that one day, and nothing changes while the project lasts.
    service : str
        Of the option where it runs at another provider than AWS.
    """
    named = list(_named(option, machine))
    obstacles = [_obstacle(project, option, name, usage_type, kind, day) for name, usage_type, kind in named]
    obstacles.append(quota_obstacle(project, option, machine))
    if project.left_on:
        obstacles += _left_on_obstacles(project, option, service, as_of)
    if any(obstacles):
        return Availability(obstacles=tuple(filter(None, obstacles)))
    if as_of is not None:
        return Availability(notes=tuple(_as_it_was(project, option, named, as_of)))
    return _retired_within(project, named)


def _named(option: Option, machine: Instance | None) -> Iterator[tuple[str, str, Instance]]:
    """Yield the machine types that an option names, as it does, with their usage types."""
    if machine is not None and option.instance is not None:
        yield option.instance, machine_usage_type(option), machine
    notebook = option.notebook_instance
    if facts_of(option).has_notebook and option.notebook_hours and notebook:
        known = machine_in(f"Notebk:{notebook}")
        if known is not None:
            yield notebook, f"Notebk:{notebook}", known


def _obstacle(project: Project, option: Option, name: str, usage_type: str, machine: Instance, day: date) -> str:
    if in_aws(option):
        launch = launch_of(facts_of(option).service, option.region or project.region, usage_type)
        if launch is not None and is_before(launch, day):
            return f"{name} could not be started on {day}: {launch.name} began on {launch.day}"
    elif early := not_launched(machine.device, day):
        return f"{name} could not be started on {day}: {early}"
    if is_startable(machine, day):
        return ""
    return f"{name} can no longer be started on {day} ({_status(machine)})"


def _status(machine: Instance) -> str:
    since = f" since {machine.status_from}" if machine.status_from else ""
    return f"{machine.status}{since}; {machine.status_source}"


def _retired_within(project: Project, named: Sequence[tuple[str, str, Instance]]) -> Availability:
    """Return from which day of the project on one of the types can no longer be started."""
    if all(machine.status_from is None for _, _, machine in named):
        return _TO_BE_HAD
    end = project_window(project).end.date()
    ends = [
        (machine.status_from, name, machine)
        for name, _, machine in named
        if machine.status_from is not None and machine.status_from < end and not is_startable(machine, end)
    ]
    if not ends:
        return _TO_BE_HAD
    until, name, machine = min(ends, key=lambda each: each[:2])
    why = f"{name} can be started only before {until} ({machine.status}; {machine.status_source})"
    return Availability(until=until, why_until=why, notes=(f"{why}: the time from then on is not counted",))


def _as_it_was(
    project: Project, option: Option, named: Sequence[tuple[str, str, Instance]], as_of: date
) -> Iterator[str]:
    """Yield what can be had on the day asked for, and not when the project starts."""
    if as_of == project.start:
        return
    for name, usage_type, machine in named:
        obstacle = _obstacle(project, option, name, usage_type, machine, project.start)
        if obstacle:
            yield f"taken as it was on {as_of}, though the project starts on {project.start}: {obstacle}"


def _left_on_obstacles(project: Project, option: Option, service: str, as_of: date | None) -> Iterator[str]:
    """Yield that a machine is left on for longer than there are machines of its type."""
    for row in left_on_at(project, option, service=service):
        machine = machine_in(row.usage_type)
        if machine is None or machine.status not in ("closed", "retired"):
            continue
        window = left_on_window(project, row)
        last = window.start if machine.status == "closed" else window.end - timedelta(seconds=1)
        day = as_of or last.date()
        if not is_startable(machine, day):
            yield f"left on: there is no {row.usage_type} on {day} ({_status(machine)})"


def before_launch_obstacles(
    project: Project, usages: Sequence[RunUsage], as_of: date | None, *, told: Sequence[str]
) -> list[str]:
    """Return what else an option is billed for that had not begun yet, each beginning once.

    Parameters
    ----------
    usages : sequence of RunUsage
        Without what is left on, of which the price itself is refused.
    told : sequence of str
        Obstacles that are told already: the same beginning is not told of each line that waits for it.
    """
    found: dict[str, str] = {}
    for usage in usages:
        launch = too_early_for(project, usage.service, usage.region, usage.usage_type, usage.month, as_of)
        if launch is None:
            continue
        began = f"{launch.name} began on {launch.day}"
        if not any(said.endswith(began) for said in told):
            day = as_of or price_day(usage.month, project.start)
            said = f"there was no {usage.usage_type} in {usage.region} on {day}: {began}"
            found.setdefault(launch.name, said)
    return list(found.values())


def too_early_for(
    project: Project, service: str, region: str, usage_type: str, month: BillingMonth | None, as_of: date | None
) -> Launch | None:
    """Return what usage of a month of a project had to wait for, and that had not begun; None where nothing."""
    if usage_type in CHOSEN_HERE:
        return None
    launch = _not_begun(service, region, usage_type, as_of or project.start)
    if launch is None or not is_before(launch, as_of or price_day(month, project.start)):
        return None
    return launch


@lru_cache(maxsize=4096)
def _not_begun(service: str, region: str, usage_type: str, day: date) -> Launch | None:
    """Return what a usage type had to wait for, where it had not begun on a day; a sweep asks millions of times."""
    launch = launch_of(service, region, usage_type)
    return launch if launch is not None and is_before(launch, day) else None
