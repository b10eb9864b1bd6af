"""From a device model's document, whose numbers were looked at before, to the model; the files that ship hold several.

Who reads a user's own file looks at every number first: `device_file`.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from cloudcost.timing.rates.coefficients import COLUMNS, LATER
from cloudcost.timing.rates.device_model import DeviceModel
from cloudcost.timing.rates.equation import COPY, HOST_BASE, HOST_RECORD, PROFILE_SCALE, SHARPNESS, SIZE
from cloudcost.timing.rates.layers.process import process_from_json

SEVERAL = "cloudcost.devices/1"
"""Several device models in one file, as they ship. History: 1, first."""

HOST = {
    "host_seconds": HOST_BASE,
    "host_seconds_per_1000_records": HOST_RECORD,
    "copy_seconds_per_gb": COPY,
    "sharpness_less_1": SHARPNESS,
}
"""Places of the host's parameters by their names in the file."""

EARLIER_ROWS = PROFILE_SCALE - len(LATER)
"""Rows of the covariance of a model that was written before the later columns. [count]"""


def shipped_from_json(text: str) -> tuple[DeviceModel, ...]:
    """Return the device models of a file that ships, which holds one or several; tests hold what is in them."""
    document: Any = json.loads(text)
    return tuple(map(model_of, document["models"] if document["schema"] == SEVERAL else [document]))


def model_of(document: Any) -> DeviceModel:
    """Return the device model that a faultless document describes."""
    parameters = np.zeros(SIZE)
    for k, column in enumerate(COLUMNS):
        parameters[k] = np.log(document["coefficients"].get(column.name, column.prior))
    for name, k in HOST.items():
        parameters[k] = np.log(document["host"][name])
    return DeviceModel(
        device=document["device"],
        names=tuple(document.get("names", ())),
        precision=document["precision"],
        channels_last=document["channels_last"],
        basis=document["basis"],
        stack=document["stack"],
        stack_text=document["stack_text"],
        peak_gflop_s=float(document["peak_gflop_s"]),
        bandwidth_gb_s=float(document["bandwidth_gb_s"]),
        memory_bytes=None if document.get("memory_bytes") is None else float(document["memory_bytes"]),
        winograd=document["winograd"],
        half_bytes=document["half_bytes"],
        autocasts=document["half_bytes"],
        fuses=document.get("fuses", False),
        parameters=parameters,
        covariance=square(document["covariance"]),
        residual_sd=float(document["residual_sd"]),
        device_sd=float(document["device_sd"]),
        shared_share=float(document["shared_share"]),
        ranges={key: float(share) for key, share in document["ranges"].items()},
        process=process_from_json(document),
        provenance={key: str(value) for key, value in document["provenance"].items()},
    )


def square(rows: Any) -> Any:
    """Return a covariance from the rows of its lower triangle, zeros where there are none.

    A model that lacks the later columns has as many rows less: nothing is known of how sure those are.
    """
    covariance = np.zeros((PROFILE_SCALE, PROFILE_SCALE))
    places = np.arange(PROFILE_SCALE)
    if len(rows) == EARLIER_ROWS:
        names = [column.name for column in COLUMNS]
        places = np.delete(places, [names.index(name) for name in LATER])
    for k, row in enumerate(rows):
        covariance[places[k], places[: k + 1]] = covariance[places[: k + 1], places[k]] = row
    return covariance
