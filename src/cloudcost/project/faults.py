"""Faults of a project file as lines that a user can act on: `file:key: what, value, remedy`.

pydantic finds what is wrong with single keys; its words and addresses stay inside this module.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from cloudcost.catalog.near import FEW, nearest
from cloudcost.errors import ProjectFileError
from cloudcost.figures import figure
from cloudcost.project.checks.raw import kind_of
from cloudcost.project.fault import Fault, shown
from cloudcost.project.keys.conversions import COUNT_FORMS, FAULT
from cloudcost.project.keys.facts import needed_keys
from cloudcost.project.keys.table import Table
from cloudcost.project.keys.tables import TABLES, ProjectFile

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails, ValidationError

LISTS = frozenset(["training", "option", "left_on"])
"""Tables that a file has several of."""
FEW_KEYS = 5
"""Keys of a table that a message lists in full."""
OTHER_WORDS: dict[str, tuple[str, ...]] = {
    "accelerator_type": ("accelerator",),
    "architecture": ("network",),
    "arch": ("network",),
    "bs": ("batch",),
    "card": ("device", "accelerator"),
    "cores": ("vcpu",),
    "cpus": ("vcpu",),
    "disk": ("volume_gib",),
    "disk_gb": ("volume_gib",),
    "experiments": ("runs",),
    "gpu": ("device", "accelerator"),
    "gpu_type": ("device", "accelerator"),
    "image_size": ("image_px",),
    "instance_type": ("instance",),
    "iterations": ("runs",),
    "machine_type": ("instance",),
    "model": ("network",),
    "n_images": ("images",),
    "num_gpus": ("gpus",),
    "num_images": ("images",),
    "power": ("watts",),
    "repeats": ("runs",),
    "resolution": ("image_px",),
    "samples": ("images",),
    "spot": ("purchase",),
    "start_date": ("start",),
    "storage": ("storage_class",),
    "trials": ("runs",),
    "type": ("kind", "instance"),
    "zone": ("region",),
}
"""What other tools and people call a key: no spelling is near, but the meaning is."""


def project_file_error(file: str, faults: Sequence[Fault]) -> ProjectFileError:
    """Return the error with one line per fault, in the order of the file's tables."""
    order = [*ProjectFile.model_fields]

    def rank(fault: Fault) -> tuple[int, int]:
        table, index = (*fault.place, -1, -1)[:2]
        return (order.index(table) if table in order else -1, index if isinstance(index, int) else -1)

    lines = (fault.line(file) for fault in sorted(faults, key=rank))
    return ProjectFileError(*dict.fromkeys(lines))


def model_faults(error: ValidationError, raw: Mapping[str, object]) -> list[Fault]:
    """Return what pydantic found in the raw tables, in this library's words."""
    return [_of_kind(_fault(details), raw) for details in error.errors(include_url=False)]


def _of_kind(fault: Fault, raw: Mapping[str, object]) -> Fault:
    """Return a fault whose example fits the kind of its option: SageMaker's types have a prefix."""
    options = raw.get("option")
    match fault.place:
        case ("option", int(index), "instance") if isinstance(options, list) and isinstance(options[index], dict):
            kind = kind_of(options[index])
            meant = None if kind is None else needed_keys(kind).get("instance")
            if meant is not None:
                usual = example("instance", TABLES["option"].model_fields["instance"])
                return replace(fault, remedy=fault.remedy.replace(usual, f"instance = {shown(meant)}"))
    return fault


def _fault(details: ErrorDetails) -> Fault:
    place = tuple(part for part in details["loc"] if part not in COUNT_FORMS)
    model, field = _field_at(place)
    kind, value = details["type"], details["input"]
    context = details.get("ctx", {})
    key = str(next((part for part in reversed(place) if isinstance(part, str)), "file"))
    if kind == "extra_forbidden":
        what = "unknown table" if len(place) == 1 and isinstance(value, dict | list) else "unknown key"
        near = tuple(each for each in OTHER_WORDS.get(key.lower(), ()) if each in model.model_fields)
        near = near or nearest(key, model.model_fields)
        remedy = f"did you mean {' or '.join(near)}?" if near else _home_of(key, model)
        return Fault(place=place, what=what, value=shown(value), remedy=remedy, meant=near[0] if near else "")
    if kind == "missing":
        return Fault(place=place, what="missing", value="no value", remedy=f"add {example(key, field)}")
    if kind == FAULT:
        return Fault(place=place, what=context["what"], value=shown(value), remedy=context["remedy"])
    if kind == "literal_error":
        allowed = context["expected"].split("'")[1::2]
        return Fault(place=place, what="not a known value", value=shown(value), remedy=_choices(value, allowed))
    if kind in {"list_type", "model_type"} and key in LISTS:
        return Fault(place=place, what="not a list of tables", value=shown(value), remedy=f"write [[{key}]] above it")
    what = _WORDS.get(kind, "not a valid value")
    for name, bound in context.items():
        what = what.replace("{" + name + "}", figure(bound, 6) if isinstance(bound, float) else str(bound))
    usual = example(key, field)
    remedy = _as_share(key, value, context.get("le")) or _bounds(field) or f"write e.g. {usual}"
    return Fault(place=place, what=what, value=shown(value), remedy=remedy)


def _choices(value: object, allowed: Sequence[str]) -> str:
    """Return the value of a choice that was meant, it seems, and all of them; of many where they are listed."""
    near = nearest(value, allowed) if isinstance(value, str) else ()
    meant = f'did you mean "{near[0]}"? ' if near else ""
    if len(allowed) > FEW:
        return f"{meant}cloudcost schema lists {'all' if near else 'them'}"
    return f"{meant}{'it is' if near else 'use'} one of {', '.join(allowed)}"


def _as_share(key: str, value: object, most: object) -> str:
    """Return what to write in place of a percentage; nothing for other values."""
    numbers = (int, float, Decimal)
    if isinstance(value, bool) or not isinstance(value, numbers) or not isinstance(most, numbers) or value <= most:
        return ""
    if most == 1 and value <= 100:
        return f"write {key} = {float(value) / 100:g} for {float(value):g} %"
    return ""


def _bounds(field: FieldInfo | None) -> str:
    """Return what to write for a number that is nothing unless it is given: its bounds, as 0 would say nothing."""
    if field is None or field.examples or isinstance(field.default, bool) or field.default != 0:
        return ""
    least, most = (
        next((bound for each in field.metadata if (bound := getattr(each, name, None)) is not None), None)
        for name in ("ge", "le")
    )
    number = "whole number" if field.annotation is int else "number"
    return "" if least is None or most is None else f"write a {number} from {least} to {most}"


_WORDS = {
    "int_type": "not a whole number",
    "int_from_float": "not a whole number",
    "int_parsing_size": "too large",
    "float_type": "not a number",
    "decimal_type": "not a number",
    "is_instance_of": "not a number",
    "finite_number": "not a finite number",
    "greater_than": "not over {gt}",
    "greater_than_equal": "less than {ge}",
    "less_than": "not under {lt}",
    "less_than_equal": "more than {le}",
    "string_type": "not a text in quotes",
    "string_too_short": "empty",
    "string_too_long": "longer than {max_length} characters",
    "bool_type": "neither true nor false",
    "list_type": "not a list",
    "too_short": "empty",
    "too_long": "more than {max_length} items",
    "model_type": "not a table",
}  # fmt: skip
"""What each kind of pydantic's errors is called here; a test holds that no kind that can occur is left out."""


def _field_at(place: tuple[str | int, ...]) -> tuple[type[Table], FieldInfo | None]:
    """Return the model that the last key of `place` belongs to, and the key's field if it has one."""
    model: type[Table] = ProjectFile
    names = [part for part in place if isinstance(part, str)]
    for name in names[:-1]:
        model = TABLES.get(name, model)
    return model, model.model_fields.get(names[-1]) if names else None


def example(key: str, field: FieldInfo | None) -> str:
    """Return a line that would be right: ``batch = 32``; a table's name for a table."""
    if field is None:
        return f"{key} = ..."
    if field is ProjectFile.model_fields.get(key):  # not the key `option` of [[left_on]]
        return f"a table [[{key}]]" if key in LISTS else f"a table [{key}]"
    value = field.examples[0] if field.examples else field.default
    return f"{key} = {shown(value)}"


def _home_of(key: str, model: type[Table]) -> str:
    """Return the remedy for a key that the table has nothing like: where it belongs, if anywhere."""
    others = [(name, other) for name, other in TABLES.items() if other is not model]
    for name, other in others:
        if key in other.model_fields:
            return f"it belongs to {name}"
    for name, other in others:
        if near := nearest(key, other.model_fields, cutoff=0.8):
            return f"did you mean {near[0]} of {name}?"
    if len(model.model_fields) <= FEW_KEYS:
        return f"use one of {', '.join(model.model_fields)}"
    return "remove it; cloudcost schema lists the keys"


def without_echoes(faults: Sequence[Fault]) -> list[Fault]:
    """Return the faults without those that another one explains: two of one place, a key missing since misspelt."""
    misspelt = {(*fault.place[:-1], fault.meant) for fault in faults if fault.meant}
    kept: dict[tuple[str | int, ...], Fault] = {}
    for fault in faults:
        if not (fault.what == "missing" and fault.place in misspelt):
            kept.setdefault(fault.place, fault)
    return list(kept.values())
