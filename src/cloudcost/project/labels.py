"""The names of trainings and options whose tables give none."""

from __future__ import annotations

from collections.abc import Mapping


def unique_names(given: list[str | None], otherwise: list[str]) -> list[str]:
    """Return the given names; where there is none the other one, numbered if it is taken."""
    taken = {name for name in given if name is not None}
    names = []
    for name, other in zip(given, otherwise, strict=True):
        chosen, number = name or other, 2
        while name is None and chosen in taken:
            chosen, number = f"{other} #{number}", number + 1
        taken.add(chosen)
        names.append(chosen)
    return names


def made_name(option: Mapping[str, object]) -> str:
    """Return the name of an option whose table gives none."""
    machine = option.get("instance") or option.get("accelerator") or option.get("device") or "machine"
    if option.get("accelerator"):
        from cloudcost.catalog.colab import quota_names

        if option.get("plan") in quota_names():
            return f"{option['plan']} {machine}"
    return f"{option.get('kind')} {machine}"
