"""The network JSON, schema `cloudcost.network/1`: written without loss, read with every fault gathered.

::

    {"schema": "cloudcost.network/1", "name": ..., "input": [C, H, W], "parameters": ...,
     "ops": [{"kind": ..., "name": ..., "from": [...], "inputs": [[...]], "output": [...], "kernel": [h, w], ...}]}

A map has one to three axes beside its channels, and `kernel` as many numbers. Generic kinds state their `function`,
`axes` and `calls`, an attention its `mask`.

`from`, `name` and unused keys may be left out; an unknown key is a fault, and a convolution states its `kernel`. So may
`parameters` and `bias` be, which follow from each other, and `padding` where none or "same" explains the output. What
is stated has to be consistent: `checks` has the rules.
"""

from __future__ import annotations

import os
from pathlib import Path

from cloudcost.domain.network import Network, Op
from cloudcost.errors import NetworkError, repeated
from cloudcost.files.documents import JsonValue, document_text, parse_document
from cloudcost.json_text import json_text
from cloudcost.networks.json_reader import NetworkReader
from cloudcost.networks.kinds.table import kind_of

# History: /1, first; function, axes, calls, mask and maps of one or three axes came later, each optional.
SCHEMA = "cloudcost.network/1"

_REMEDY = "write one with cloudcost networks"
_FLAGS = {"l2": True, "trained": False, "no_grad": True, "eval_mode": True}
"""Keys that are written where they differ from what an operation usually is."""
_DEFAULTS = {"kernel": 1, "stride": 1, "padding": 0, "dilation": 1}


def network_document(network: Network) -> dict[str, JsonValue]:
    """Return a network as JSON values, keys in the order of the schema, unused ones left out.

    Examples
    --------
    >>> from cloudcost.networks.registry import named_network
    >>> network_document(named_network("lenet5"))["parameters"]
    61706
    """
    return {
        "schema": SCHEMA,
        "name": network.name,
        "input": list(network.input),
        **({"more_inputs": [list(shape) for shape in network.more_inputs]} if network.more_inputs else {}),
        "parameters": network.parameters,
        **({"share": network.share} if network.share != 1 else {}),
        "ops": [_op_document(op) for op in network.ops],
    }


def to_json(network: Network) -> str:
    """Return the JSON text of a network, one operation per line, ending in a newline."""
    return json_text(network_document(network), indent=None, rows=["ops"])


def parse_network(content: str, *, where: str = "network") -> Network:
    """Return the network that a JSON text describes.

    Parameters
    ----------
    content : str
    where : str
        What messages call the text, usually its path.

    Raises
    ------
    NetworkError
        When the text is no JSON, or anything in it is missing or inconsistent; all faults are listed.

    Examples
    --------
    >>> text = '''{"schema": "cloudcost.network/1", "name": "a", "input": [1, 4, 4],
    ...            "ops": [{"kind": "conv2d", "inputs": [[1, 4, 4]], "output": [2, 2, 2], "kernel": [3, 3]}]}'''
    >>> parse_network(text).parameters
    18
    """
    document = parse_document(content, where=where, remedy=_REMEDY, error=NetworkError)
    return NetworkReader(where, SCHEMA).read(document)


def read_network(path: Path | str) -> Network:
    """Return the network that a JSON file describes.

    Raises
    ------
    NetworkError
        When the file cannot be read, is no JSON, or anything in it is missing or inconsistent.
    """
    if not isinstance(path, str | os.PathLike):
        raise NetworkError(f"no path of a network, {repeated(path)}, give a text or a Path")
    content = document_text(path, remedy=_REMEDY, error=NetworkError)
    return parse_network(content, where=str(path))


def _op_document(op: Op) -> dict[str, JsonValue]:
    document: dict[str, JsonValue] = {"kind": op.kind, "name": op.name}
    if op.sources:
        document["from"] = list(op.sources)
    document["inputs"] = [list(shape) for shape in op.inputs]
    document["output"] = list(op.output)
    kind = kind_of(op)
    always = kind.window == "kernel"
    told = kind.window != "pool" or len(op.kernel) == len(op.inputs[0]) - 1
    for key, value in (
        ("kernel", op.kernel),
        ("stride", op.stride),
        ("padding", op.padding),
        ("dilation", op.dilation),
    ):
        if always or not told or any(size != _DEFAULTS[key] for size in value):
            document[key] = list(value)
    if always or op.groups != 1:
        document["groups"] = op.groups
    if op.bias or kind.bias is not None:
        document["bias"] = op.bias
    document["parameters"] = op.parameters
    document |= {flag: unusual for flag, unusual in _FLAGS.items() if getattr(op, flag) == unusual}
    if op.checkpoint:
        document["checkpoint"] = op.checkpoint
    if op.function:
        document["function"] = op.function
    if op.axes:
        document["axes"] = list(op.axes)
    if op.calls != 1:
        document["calls"] = op.calls
    if op.mask:
        document["mask"] = op.mask
    return document
