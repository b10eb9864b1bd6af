"""The checks of names and needed keys for a `Project` that no file states: one that was put together in Python."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.domain.kinds import facts_of
from cloudcost.errors import ProjectFileError
from cloudcost.project.checks.names import name_faults
from cloudcost.project.checks.options import needs_of_options

if TYPE_CHECKING:
    from cloudcost.domain.project import Option, Project

_OPTION_KEYS = (
    "instance", "provider", "region", "usd_per_hour", "device", "accelerator", "notebook_instance", "notebook_hours",
    "hours_per_run", "seconds_per_step",
)  # fmt: skip
_MACHINE_KEYS = ("owned", "purchase_usd", "watts", "electricity_usd_per_kwh", "country")


def check_names(project: Project) -> None:
    """Raise for names that are not known and for what an option's kind needs and does not have.

    Raises
    ------
    ProjectFileError
        With every fault, one line each, as for a project file.

    Examples
    --------
    >>> from datetime import date
    >>> from cloudcost.project.bundled import bundled_project_text
    >>> from cloudcost.project.file import parse_project
    >>> check_names(parse_project(bundled_project_text("reto"), name="reto.toml", today=date(2026, 11, 22)))
    """
    raw = _raw(project)
    faults = [*needs_of_options(raw), *name_faults(raw)]
    if faults:
        file = Path(project.path).name or project.name
        raise ProjectFileError(*dict.fromkeys(fault.line(file) for fault in faults))


def _raw(project: Project) -> dict[str, object]:
    """Return what a file would say of names and needs."""
    trainings = [
        {
            key: value
            for key, value in (
                ("network", each.network), ("profile", each.profile), ("hours_per_run_on", each.hours_per_run_on),
            )
            if value is not None
        }
        for each in project.trainings
    ]  # fmt: skip
    return {
        "project": {
            key: value
            for key, value in (
                ("region", project.region),
                ("price_book", project.price_book),
                ("support_plan", project.support_plan),
            )
            if value is not None
        },
        "training": trainings,
        "option": [_raw_option(option) for option in project.options],
    }


def _raw_option(option: Option) -> dict[str, object]:
    raw: dict[str, object] = {"kind": option.kind}
    values = ((key, getattr(option, key)) for key in _OPTION_KEYS)
    raw |= {key: value for key, value in values if value is not None}
    if option.local is not None and facts_of(option).at_home:
        own = ((key, getattr(option.local, key)) for key in _MACHINE_KEYS)
        raw |= {key: value for key, value in own if value is not None}
    return raw
