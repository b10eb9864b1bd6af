"""The named CNNs as a list, and one CNN's operations: text, JSON (`cloudcost.networks/1`), CSV and Markdown."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never

from cloudcost.json_text import json_text
from cloudcost.render.tables.writer import csv_table, markdown_table, text_table

if TYPE_CHECKING:
    from cloudcost.domain.network import Network

SCHEMA = "cloudcost.networks/1"
"""History: 1 is the first."""
TableFormat: TypeAlias = Literal["text", "csv", "md"]


def networks_json(networks: Sequence[Network]) -> str:
    """Return named CNNs as JSON."""
    from cloudcost.networks.counts import network_macs
    from cloudcost.networks.registry import recipe_of

    entries = [
        {
            "name": network.name,
            "parameters": network.parameters,
            "gmacs": network_macs(network) / 1e9,
            "image_px": network.input[1],
            "channels": network.input[0],
            "classes": recipe_of(network.name).classes,
            "aliases": list(recipe_of(network.name).aliases),
        }
        for network in networks
    ]
    return json_text({"schema": SCHEMA, "networks": entries}, indent=1)


def networks_table(networks: Sequence[Network], style: TableFormat) -> str:
    """Return CNNs as a table, a row each."""
    from cloudcost.networks.counts import network_macs

    rows = [
        (network.name, network.parameters, f"{network_macs(network) / 1e9:.4g}", network.input[1])
        for network in networks
    ]
    return _table(("network", "parameters", "gmacs", "image_px"), rows, style, right={1, 2, 3})


def operations_table(network: Network, style: TableFormat) -> str:
    """Return a CNN's operations as a table, a row each."""
    from cloudcost.networks.counts import macs
    from cloudcost.networks.shapes import text

    rows = [(op.name, op.kind, text(op.output), op.parameters, macs(op)) for op in network.ops]
    return _table(("operation", "kind", "output", "parameters", "macs"), rows, style, right={3, 4})


def _table(
    heads: Sequence[str], rows: Sequence[Sequence[str | int]], style: TableFormat, *, right: Collection[int]
) -> str:
    """Return rows under their heads; for people numbers have their thousands separated."""
    if style == "csv":
        return csv_table(heads, rows)
    cells = [[f"{cell:,}" if isinstance(cell, int) else cell for cell in row] for row in rows]
    match style:
        case "md":
            return markdown_table(heads, cells, right=right, spaced=True)
        case "text":
            return text_table(heads, cells, right=right)
        case _:
            assert_never(style)
