"""A package is a room that can be seen at a glance: few modules on one level, none of them long."""

from __future__ import annotations

from pathlib import Path

import pytest

import cloudcost

SOURCE = Path(cloudcost.__file__).parent
MOST_MODULES = 12
"""On one level, beside `__init__`. [count]"""
LISTS = {
    "cli": "verbs",
    "domain": "values that all layers speak",
    "bills": "readers of kinds of bill",
    "networks/families": "families of CNNs",
    "networks/kinds": "kinds of operation",
    "options/kinds": "kinds of option",
    "usage/kinds": "kinds of option",
}
"""Packages that list things of one kind, which may be many."""
PACKAGES = sorted(str(path.parent.relative_to(SOURCE)) for path in SOURCE.rglob("__init__.py"))


@pytest.mark.parametrize("package", [name for name in PACKAGES if name not in LISTS])
def test_a_package_has_few_modules_on_one_level(package: str) -> None:
    modules = [path.name for path in (SOURCE / package).glob("*.py") if not path.name.startswith("__")]
    assert len(modules) <= MOST_MODULES, f"{package} has {len(modules)} modules: part it, or join what belongs together"


def test_lists_are_there() -> None:
    assert set(LISTS) <= set(PACKAGES)
