"""One fault of a project file, and how a value is shown in its line; nothing here needs pydantic."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from cloudcost.frozen import dataclass

Raw = Mapping[str, object]
"""A table as TOML has it."""
Place = tuple[str | int, ...]
"""Keys and indices from the file's root: ``("option", 0, "instance")``."""
LONGEST_VALUE = 60
"""Characters of a value that a message shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong.

    Parameters
    ----------
    place : Place
    what, value, remedy : str
        `value` as the user would write it.
    meant : str
        For an unknown key: the key of the same table that was meant, it seems.
    """

    place: Place
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

    def line(self, file: str) -> str:
        """Return the fault in one line.

        Examples
        --------
        >>> Fault(place=("dataset", "images"), what="missing", value="no value", remedy="add images").line("a.toml")
        'a.toml:dataset.images: missing, no value, add images'
        """
        return f"{file}:{self.key}: {self.what}, {self.value}, {self.remedy}"


DEEPEST_SHOWN = 4
"""Tables and lists within one another that a value shows; dotted keys nest thousands. [count]"""


def shown(value: object, *, depth: int = 0) -> str:
    r"""Return a value as TOML has it, on one line and not too long.

    Examples
    --------
    >>> shown("two\nlines"), shown(Decimal("0.1")), shown({"low": 1}), shown(True)
    ('"two\\nlines"', '0.1', '{low = 1}', 'true')
    """
    if depth > DEEPEST_SHOWN and isinstance(value, Mapping | list | tuple):
        return "..."
    match value:
        case bool():
            text = "true" if value else "false"
        case str():
            text = '"' + value[: 2 * LONGEST_VALUE].replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        case Mapping():
            text = (
                "{"
                + ", ".join(f"{key} = {shown(item, depth=depth + 1)}" for key, item in list(value.items())[:8])
                + "}"
            )
        case list() | tuple():
            text = "[" + ", ".join(shown(item, depth=depth + 1) for item in value[:20]) + "]"
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


def missing(place: Place, example: str) -> Fault:
    """Return the fault of a key that is not there."""
    return Fault(place=place, what="missing", value="no value", remedy=f"add {example}")
