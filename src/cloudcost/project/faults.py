"""Faults of a project file as lines that a user can act on: `file:key: what, value, remedy`.

pydantic finds what is wrong with single keys; its words and addresses stay inside this module.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from cloudcost.catalog.near import nearest
from cloudcost.errors import ProjectFileError
from cloudcost.project.tables import COUNT_FORMS, TABLES, ProjectFile, Table
from cloudcost.project.values import FAULT

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

LONGEST_VALUE = 60
"""Characters of a value that a message shows."""

FEW_KEYS = 5
"""Keys of a table that a message lists in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong.

    Parameters
    ----------
    place : tuple of str or int
        Keys and indices from the file's root: ``("option", 0, "instance")``.
    what, value, remedy : str
        `value` as the user would write it.
    meant : str
        For an unknown key: the key of the same table that was meant, it seems.
    """

    place: tuple[str | int, ...]
    what: str
    value: str
    remedy: str
    meant: str = ""

    @property
    def key(self) -> str:
        """The place as people write it.

        Examples
        --------
        >>> Fault(place=("training", 0, "runs", "low"), what="", value="", remedy="").key
        'training[0].runs.low'
        """
        parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.place)
        return "".join(parts).removeprefix(".")


def shown(value: object) -> str:
    r"""Return a value as TOML has it, on one line and not too long.

    Examples
    --------
    >>> shown("two\nlines"), shown(Decimal("0.1")), shown({"low": 1}), shown(True)
    ('"two\\nlines"', '0.1', '{low = 1}', 'true')
    """
    match value:
        case bool():
            text = "true" if value else "false"
        case str():
            text = '"' + value[: 2 * LONGEST_VALUE].replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        case Mapping():
            text = "{" + ", ".join(f"{key} = {shown(item)}" for key, item in list(value.items())[:8]) + "}"
        case list() | tuple():
            text = "[" + ", ".join(shown(item) for item in value[:20]) + "]"
        case int():
            text = str(value) if abs(value) < 10**100 else f"a number of {value.bit_length()} bits"
        case float() if value.is_integer():
            text = str(int(value))
        case Decimal():
            text = str(value).replace("Infinity", "inf").lower()
        case _:
            text = str(value)
    text = "".join(char if char.isprintable() else "?" for char in text)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 3]}..."


def project_file_error(file: str, faults: Sequence[Fault]) -> ProjectFileError:
    """Return the error with one line per fault, in the order of the file's tables."""
    order = [*ProjectFile.model_fields]

    def rank(fault: Fault) -> tuple[int, int]:
        table, index = (*fault.place, -1, -1)[:2]
        return (order.index(table) if table in order else -1, index if isinstance(index, int) else -1)

    lines = (f"{file}:{f.key}: {f.what}, {f.value}, {f.remedy}" for f in sorted(faults, key=rank))
    return ProjectFileError(*dict.fromkeys(lines))


def model_faults(error: ValidationError) -> list[Fault]:
    """Return what pydantic found, in this library's words."""
    return [_fault(details) for details in error.errors(include_url=False)]


def _fault(details: ErrorDetails) -> Fault:
    place = tuple(part for part in details["loc"] if part not in COUNT_FORMS)
    model, field = _field_at(place)
    kind, value = details["type"], details["input"]
    context = details.get("ctx", {})
    key = str(next((part for part in reversed(place) if isinstance(part, str)), "file"))
    if kind == "extra_forbidden":
        what = "unknown table" if len(place) == 1 and isinstance(value, dict | list) else "unknown key"
        near = nearest(key, model.model_fields)
        remedy = f"did you mean {near[0]}?" if near else _home_of(key, model)
        return Fault(place=place, what=what, value=shown(value), remedy=remedy, meant=near[0] if near else "")
    if kind == "missing":
        return Fault(place=place, what="missing", value="no value", remedy=f"add {example(key, field)}")
    if kind == FAULT:
        return Fault(place=place, what=context["what"], value=shown(value), remedy=context["remedy"])
    if kind == "literal_error":
        allowed = context["expected"].split("'")[1::2]
        near = nearest(value, allowed) if isinstance(value, str) else ()
        remedy = f'did you mean "{near[0]}"?' if near else f"use one of {', '.join(allowed[:9])}"
        return Fault(place=place, what="not a known value", value=shown(value), remedy=remedy)
    if kind in {"list_type", "model_type"} and key in {"training", "option"}:
        return Fault(place=place, what="not a list of tables", value=shown(value), remedy=f"write [[{key}]] above it")
    what = _WORDS.get(kind, "not a valid value")
    for name, bound in context.items():
        what = what.replace("{" + name + "}", f"{bound:g}" if isinstance(bound, float) else str(bound))
    return Fault(place=place, what=what, value=shown(value), remedy=f"write e.g. {example(key, field)}")


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
    if key in {"training", "option"}:
        return f"a table [[{key}]]"
    if key in {"project", "dataset"}:
        return f"a table [{key}]"
    if field is None:
        return f"{key} = ..."
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
