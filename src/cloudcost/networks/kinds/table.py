"""Every kind of operation that network JSON has, by name."""

from __future__ import annotations

from cloudcost.domain.network import Op
from cloudcost.errors import UnknownOpError
from cloudcost.networks.kinds import convolutions, elementwise, generic, joins, moves, norms, pools, products
from cloudcost.networks.kinds.record import OpKind

_MODULES = (convolutions, products, norms, elementwise, pools, joins, moves, generic)

KINDS: dict[str, OpKind] = {record.name: record for module in _MODULES for record in module.RECORDS}


def kind_of(op: Op) -> OpKind:
    """Return the record of an operation's kind.

    Raises
    ------
    UnknownOpError
        For a kind that has none: nothing of it is ever counted as zero.
    """
    record = KINDS.get(op.kind)
    if record is None:
        raise UnknownOpError(f"{op.name}:kind: {op.kind!r} is no kind of operation, known are {', '.join(KINDS)}")
    return record
