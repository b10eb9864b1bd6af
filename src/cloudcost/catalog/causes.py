"""Causes of cost: what a line of a bill is for, in plain words, and by which names of a bill it is known.

Two tables: `causes.csv` says of each cause what it is, what its evidence is, how it could have been avoided, what is
to be stopped and what speaks against; `cause_rules.csv` says which lines belong to it. A line belongs to the first
rule that fits, in the order of the table, so that it has exactly one cause. Patterns are in the form of file names
(``*``), several of them parted by ``|``; ``(none)`` stands for "not stated", an empty cell for "whatever it is".
"""

from __future__ import annotations

from functools import cache
from typing import Literal, TypeAlias, get_args

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.frozen import dataclass

_CAUSE_COLUMNS = ("cause", "name", "evidence", "saving", "avoid", "stop", "against")
_RULE_COLUMNS = (
    "cause", "part", "service", "usage_type", "operation", "charge", "description", "example", "source",
)  # fmt: skip

EvidenceKind: TypeAlias = Literal["", "running", "jobs", "storage", "disks", "requests", "destination", "services"]
"""What a bill can tell of a cause beyond its amount: `analysis.explain` has a function for each."""
SavingKind: TypeAlias = Literal["", "whole", "idle", "outside"]
"""What of a cause could have been saved: all of it, what was idle, or the hours outside a working day."""

_EVIDENCE: dict[str, EvidenceKind] = {kind: kind for kind in get_args(EvidenceKind)}
_SAVINGS: dict[str, SavingKind] = {kind: kind for kind in get_args(SavingKind)}

OTHER = "other"
"""The cause of what no rule knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A cause of cost.

    Parameters
    ----------
    key, name : str
        For programs, and in plain words.
    evidence : str
        An `EvidenceKind`.
    saving : str
        A `SavingKind`.
    hours_a_day : int
        That a machine is needed, where the saving is of the other hours; else 0. [h]
    avoid, stop, against : str
        How it could have been avoided, what to stop now, what speaks against the cause; empty where there is nothing
        to say.
    """

    key: str
    name: str
    evidence: EvidenceKind
    saving: SavingKind
    hours_a_day: int
    avoid: str
    stop: str
    against: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseRule:
    """Which lines of a bill belong to a cause.

    Parameters
    ----------
    cause : str
        Key of a `Cause`.
    part : str
        Of the cause, in plain words; empty where it has no parts.
    service, usage_type, operation, charge, description : tuple of str
        Patterns, one of which fits; empty where it does not matter. The description counts where no usage type says
        what a line is.
    example : str
        ``service/usage type/operation`` of a line that comes here and to no rule before, or
        ``service///description``.
    source : str
        Key of a `Source`.
    """

    cause: str
    part: str
    service: tuple[str, ...]
    usage_type: tuple[str, ...]
    operation: tuple[str, ...]
    charge: tuple[str, ...]
    description: tuple[str, ...]
    example: str
    source: str


@cache
def causes() -> dict[str, Cause]:
    """Return every cause by its key.

    Examples
    --------
    >>> causes()["nat"].name
    'NAT gateway: hours and bytes'
    """
    found = {}
    for key, name, evidence, saving, avoid, stop, against in read_table(DATA / "causes.csv", _CAUSE_COLUMNS):
        kind, _, hours = saving.partition(":")
        found[key] = Cause(
            key=key,
            name=name,
            evidence=_EVIDENCE[evidence],
            saving=_SAVINGS[kind],
            hours_a_day=int(hours or 0),
            avoid=avoid,
            stop=stop,
            against=against,
        )
    return found


@cache
def cause_rules() -> tuple[CauseRule, ...]:
    """Return every rule, the first that fits before the others."""
    return tuple(
        CauseRule(
            cause=cause,
            part=part,
            service=_patterns(service),
            usage_type=_patterns(usage_type),
            operation=_patterns(operation),
            charge=_patterns(charge),
            description=_patterns(description),
            example=example,
            source=source,
        )
        for cause, part, service, usage_type, operation, charge, description, example, source in read_table(
            DATA / "cause_rules.csv", _RULE_COLUMNS
        )
    )


def _patterns(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()
