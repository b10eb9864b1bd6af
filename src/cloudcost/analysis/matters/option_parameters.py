"""Parameters of single options: how fast each is, what stands idle, and what a machine of one's own costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from cloudcost.analysis.matters.changes import decimal_of, with_local, with_options
from cloudcost.analysis.matters.parameters import Parameter
from cloudcost.analysis.matters.ranges import PlausibleRange, assumed, lognormal, triangular
from cloudcost.domain.kinds import facts_of
from cloudcost.domain.project import LocalMachine, Option, Project
from cloudcost.options.machine import electricity_of
from cloudcost.options.model import OptionModel
from cloudcost.results.spreads import SPREAD_SOURCES, Spreads
from cloudcost.timing.loading import DECODE_SD

MOST_SLOWER = 100.0
"""Times slower or faster than estimated up to which the answer is looked for. [1]"""
MOST_USD_PER_KWH = 10.0
"""[USD/kWh]"""
STATED_TIME_SD = 0.1
"""Of the log of a time that the user states or measured: runs differ by about a tenth. Assumed. [1]"""


def option_parameters(models: Sequence[OptionModel], level: float) -> Iterator[Parameter]:
    """Yield the parameters of the options that could be modelled; those that they share first.

    Parameters
    ----------
    models : sequence of OptionModel
    level : float
        Of the bands of times. [1]
    """
    if not models:
        return
    yield from _times(models, level)
    yield from _decoding(models, level)
    yield from _electricity(models, level)
    yield from _start_up(models)
    days = models[0].project.duration_seconds / 86400
    for model in models:
        yield from _own_machine(model.option, level)
        yield from _standing_by(model.option, days)


def _times(models: Sequence[OptionModel], level: float) -> Iterator[Parameter]:
    shared = max((timed.step.shared_sd for model in models for timed in model.timed), default=0.0)
    source = "the timing model's band" if shared else "assumed: stated times are right to a tenth"
    yield _time("time", "time of a step on every option", None, shared or STATED_TIME_SD, level, source)
    for who, members in _alike(models):
        own = [timed.step.own_sd for timed in members[0].timed]
        sd = sum(own) / len(own) if own else 0.0
        source = "the timing model's band" if sd else "assumed: stated times are right to a tenth"
        options = frozenset(model.option.name for model in members)
        yield _time(
            f"time:{members[0].option.name}", f"time of a step on {who}", options, sd or STATED_TIME_SD, level, source
        )


def _alike(models: Sequence[OptionModel]) -> list[tuple[str, list[OptionModel]]]:
    """Return the models that share the error of their times, as they do in scenarios: those on the same GPUs.

    They go by their GPUs where there are several, else by the option's name; a stated time is the option's own.
    """
    groups: dict[tuple[str, str], list[OptionModel]] = {}
    for model in models:
        machine = model.machine
        if machine.timed_as is None or any(timed.fixed for timed in model.timed):
            key = ("option", model.option.name)
        else:
            key = ("GPUs", machine.timed_as if machine.gpus == 1 else f"{machine.gpus} x {machine.timed_as}")
        groups.setdefault(key, []).append(model)
    return [(gpus if len(members) > 1 else members[0].option.name, members) for (_, gpus), members in groups.items()]


def _time(name: str, label: str, options: frozenset[str] | None, sd: float, level: float, source: str) -> Parameter:
    def slowed(option: Option, value: float) -> Option:
        return replace(option, time_factor=option.time_factor * value)

    return _factor(name, label, options, lognormal(1.0, sd=sd, level=level, source=source), slowed)


def _decoding(models: Sequence[OptionModel], level: float) -> Iterator[Parameter]:
    """Yield the time in which a core decodes an image, one for all machines, as the photos are the same."""

    def slowed(option: Option, value: float) -> Option:
        return replace(option, decode_factor=option.decode_factor * value)

    limited = frozenset(model.option.name for model in models if any(timed.decode_sd for timed in model.timed))
    if limited:
        spread = lognormal(1.0, sd=DECODE_SD, level=level, source=SPREAD_SOURCES["decoding"])
        yield _factor("decoding", "time in which a core decodes an image", limited, spread, slowed)


def _factor(
    name: str,
    label: str,
    options: frozenset[str] | None,
    spread: PlausibleRange,
    slowed: Callable[[Option, float], Option],
) -> Parameter:
    """Return a factor on a time of some options, or of all."""
    return Parameter(
        name=name,
        label=label,
        unit="x",
        range=spread,
        least=1 / MOST_SLOWER,
        most=MOST_SLOWER,
        slower=1,
        options=options,
        change=lambda project, value: with_options(project, lambda option: slowed(option, value), options),
    )


def _electricity(models: Sequence[OptionModel], level: float) -> Iterator[Parameter]:
    """Yield the price of electricity, one parameter for all machines that pay the same."""
    payers: dict[Decimal, list[str]] = {}
    stated: dict[Decimal, bool] = {}
    for model in models:
        machine = model.option.local
        if facts_of(model.option).at_home and machine is not None:
            usd = electricity_of(machine, model.today).usd_per_kwh
            payers.setdefault(usd, []).append(model.option.name)
            stated[usd] = stated.get(usd, True) and machine.electricity_usd_per_kwh is not None
    for usd, names in payers.items():
        where = "" if len(payers) == 1 else f" of {', '.join(names)}"
        sd = Spreads().electricity_sd
        spread = assumed(float(usd))
        if not stated[usd] and usd > 0:
            spread = lognormal(float(usd), sd=sd, level=level, source=SPREAD_SOURCES["electricity_sd"])
        yield Parameter(
            name="electricity" if len(payers) == 1 else f"electricity:{names[0]}",
            label=f"price of electricity{where}",
            unit="USD/kWh",
            range=spread,
            least=0.0,
            most=max(MOST_USD_PER_KWH, float(usd) * 2),
            options=frozenset(names),
            change=_local_setter(
                frozenset(names), lambda machine, value: replace(machine, electricity_usd_per_kwh=decimal_of(value))
            ),
        )


def _start_up(models: Sequence[OptionModel]) -> Iterator[Parameter]:
    renting = frozenset(model.option.name for model in models if not facts_of(model.option).at_home)
    if any(model.option.startup_minutes for model in models if model.option.name in renting):
        yield Parameter(
            name="startup",
            label="start-up time",
            unit="x",
            range=assumed(1.0),
            least=0.0,
            most=MOST_SLOWER,
            slower=1,
            options=renting,
            change=lambda project, value: with_options(
                project, lambda option: replace(option, startup_minutes=option.startup_minutes * value), renting
            ),
        )


def _own_machine(option: Option, level: float) -> Iterator[Parameter]:
    machine = option.local
    if not facts_of(option).at_home or machine is None:
        return
    mine = frozenset({option.name})
    if machine.watts is not None:
        yield _of_machine(
            mine, f"watts:{option.name}", f"power of {option.name}", "W", assumed(machine.watts), most=10_000.0,
            setter=lambda machine, value: replace(machine, watts=value),
        )  # fmt: skip
    if machine.owned or machine.purchase_usd is None:
        return
    usual = Spreads()
    price = float(machine.purchase_usd)
    if price:
        spread = lognormal(price, sd=usual.purchase_sd, level=level, source=SPREAD_SOURCES["purchase_sd"])
        yield _of_machine(
            mine, f"purchase:{option.name}", f"price of {option.name}", "USD", spread, most=price * MOST_SLOWER,
            setter=lambda machine, value: replace(machine, purchase_usd=decimal_of(value)),
        )  # fmt: skip
    resale = triangular(0.0, machine.resale, 1.0, "assumed: nothing to the whole price")
    if machine.resale:
        band = lognormal(machine.resale, sd=usual.resale_sd, level=level, source=SPREAD_SOURCES["resale_sd"])
        resale = replace(band, high=max(min(band.high, 1.0), band.mode))
    yield _of_machine(
        mine, f"resale:{option.name}", f"resale of {option.name}", "x", resale, most=1.0, rises=-1,
        setter=lambda machine, value: replace(machine, resale=value),
    )  # fmt: skip
    if machine.charge == "share":
        yield _of_machine(
            mine, f"utilisation:{option.name}", f"utilisation of {option.name}", "x",
            assumed(machine.utilisation, most=1.0), least=0.001, most=1.0, rises=-1,
            setter=lambda machine, value: replace(machine, utilisation=value),
        )  # fmt: skip


def _of_machine(
    names: frozenset[str],
    name: str,
    label: str,
    unit: str,
    spread: PlausibleRange,
    *,
    setter: Callable[[LocalMachine, float], LocalMachine],
    least: float = 0.0,
    most: float,
    rises: int = 1,
) -> Parameter:
    return Parameter(
        name=name,
        label=label,
        unit=unit,
        range=spread,
        least=min(least, spread.low),
        most=max(most, spread.high),
        rises=1 if rises > 0 else -1,
        options=names,
        change=_local_setter(names, setter),
    )


def _local_setter(
    names: frozenset[str], setter: Callable[[LocalMachine, float], LocalMachine]
) -> Callable[[Project, float], Project]:
    return lambda project, value: with_local(project, lambda machine: setter(machine, value), names)


def _standing_by(option: Option, days: float) -> Iterator[Parameter]:
    mine = frozenset({option.name})
    if facts_of(option).may_idle:
        idle = option.idle_hours_per_day
        yield Parameter(
            name=f"idle:{option.name}",
            label=f"idle hours a day of {option.name}",
            unit="h",
            range=triangular(0.0, idle, max(2 * idle, 1.0), "assumed: none to twice, or 1 h"),
            least=0.0,
            most=max(24.0, 2 * idle),
            options=mine,
            change=lambda project, value: with_options(
                project, lambda option: replace(option, idle_hours_per_day=value), mine
            ),
        )
    if option.notebook_instance is not None:
        hours = option.notebook_hours
        yield Parameter(
            name=f"notebook:{option.name}",
            label=f"hours of the notebook of {option.name}",
            unit="h",
            range=triangular(0.0, hours, max(2 * hours, 1.0), "assumed: none to twice"),
            least=0.0,
            most=max(24.0 * days, 2 * hours, 1.0),
            options=mine,
            change=lambda project, value: with_options(
                project, lambda option: replace(option, notebook_hours=value), mine
            ),
        )
