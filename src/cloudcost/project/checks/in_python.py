"""The checks of names and needed keys for a `Project` that no file states: one that was put together in Python."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.domain.kinds import facts_of
from cloudcost.errors import ProjectFileError
from cloudcost.project.checks.names.looked_up import name_faults
from cloudcost.project.checks.options import needs_of_options
from cloudcost.project.keys.facts import key_forms, machine_keys

if TYPE_CHECKING:
    from cloudcost.domain.project import Option, Project


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
    """Return what a file would say: of each key of the table of keys the value that the project has."""
    return {
        "project": _said(project, key_forms("ProjectTable"))
        | {"quotas": dict(project.quotas or ()), "discounts": dict(project.discounts or ())},
        "training": [_said(each, key_forms("TrainingTable")) for each in project.trainings],
        "option": [_raw_option(option) for option in project.options],
    }


def _raw_option(option: Option) -> dict[str, object]:
    own = machine_keys()
    raw = _said(option, [key for key in key_forms("OptionTable") if key not in own])
    return raw | _said(option.local, own) if facts_of(option).at_home else raw


def _said(value: object, keys: Iterable[str]) -> dict[str, object]:
    """Return what a part of the project holds under keys of its table; counts and durations have other names there."""
    held = ((key, getattr(value, key, None)) for key in keys)
    return {key: each for key, each in held if each is not None}
