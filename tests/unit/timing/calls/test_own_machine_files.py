"""A file that is written anew within one process is read anew, whatever its size and the tick of the clock."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from cloudcost.timing.calls.own_machine import CallModel
from cloudcost.timing.calls.own_machine_file import machine_of_file, to_json
from cloudcost.timing.rates.device_file import to_json as model_json
from cloudcost.timing.rates.library import shipped_models
from cloudcost.timing.rates.stepping import model_of

MACHINE = CallModel(
    name="a CPU", environment={}, overhead_seconds=0.001, timed={}, kinds={}, fallbacks={}, sd=0.2, timed_sd=0.05
)


def _written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(10**18, 10**18))
    return str(path)


def test_a_machine_that_was_fitted_anew_is_not_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    for seconds in (0.001, 0.002):
        found = machine_of_file(_written(path, to_json(replace(MACHINE, overhead_seconds=seconds))))
        assert found is not None
        assert found.overhead_seconds == seconds


def test_nor_is_a_device_model_of_one_size_and_tick(tmp_path: Path) -> None:
    path, shipped = tmp_path / "d.json", next(model for model in shipped_models() if model.device == "T4")
    found = []
    for digit in ("1", "2"):
        text = model_json(shipped)
        start = text.index('"bn.byte": ') + len('"bn.byte": ')
        end = text.index(",", start)
        found.append(model_of(_written(path, f"{text[:start]}0.{digit}{text[end:]}"), shipped.precision, False)[0])
    assert found[0] != found[1]
