"""Which uncertain inputs the options of a project have: nothing is told of what none of them meets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cloudcost.analysis.uncertainty.scenarios.metering import can_be_left_on
from cloudcost.results.spreads import Spreads

if TYPE_CHECKING:
    from cloudcost.options.model import OptionModel


def met_by(models: Sequence[OptionModel], spreads: Spreads) -> Spreads:
    """Return the spreads with those switched off that no option has; what is drawn of the others stays the same."""
    off = Spreads.none()
    met = _met(models)
    unmet = {name: getattr(off, name) for name, found in met.items() if not found}
    return replace(spreads, **unmet)


def _met(models: Sequence[OptionModel]) -> dict[str, bool]:
    timed = [each for model in models for each in model.timed]
    trainings = [training for model in models[:1] for training in model.project.trainings]
    spot = [model for model in models if model.option.purchase == "spot"]
    own = [model.option.local for model in models if model.option.local is not None]
    bought = [local for local in own if not local.owned and local.purchase_usd]
    return {
        "step_times": any(not each.fixed and (each.step.shared_sd or each.step.own_sd) for each in timed),
        "runs": any(training.runs.kind != "fixed" for training in trainings),
        "epochs": any(training.epochs.kind != "fixed" for training in trainings),
        "spot_price": any(model.option.usd_per_hour is None for model in spot),
        "interruptions": any(model.capacity is not None for model in spot),
        "shortest_session": any(
            model.machine.session_seconds is not None and not model.machine.guaranteed for model in models
        ),
        "cores": any(each.cores_sd for each in timed),
        "decoding": any(each.decode_sd for each in timed),
        "electricity_sd": any(local.electricity_usd_per_kwh is None for local in own),
        "purchase_sd": bool(bought),
        "resale_sd": any(local.resale for local in bought),
        "forgotten_chance": any(can_be_left_on(model.option) for model in models),
    }
