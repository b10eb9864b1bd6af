"""What an option of a project file needs, and which keys it may have, by the facts of its kind."""

from __future__ import annotations

from collections.abc import Iterator

from cloudcost.domain.kinds import KINDS, Choice, KindFacts, aws_kind_of
from cloudcost.domain.project import OptionKind
from cloudcost.project.checks.raw import has_time, kind_of, states, tables_of
from cloudcost.project.fault import Fault, Place, Raw, missing, shown
from cloudcost.project.keys.facts import kinds_with, needed_keys


def option_faults(place: Place, option: Raw) -> Iterator[Fault]:
    """Yield the keys of an option that exclude each other, or that its kind has not."""
    if "hours_per_run" in option and "seconds_per_step" in option:
        yield Fault(
            place=(*place, "seconds_per_step"), what="given beside hours_per_run",
            value=shown(option["seconds_per_step"]), remedy="keep one of the two",
        )  # fmt: skip
    if "input_mode" in option and "reader" in option:
        yield Fault(
            place=(*place, "reader"), what="given beside input_mode, which says how SageMaker's channel reads",
            value=shown(option["reader"]), remedy="keep one of the two",
        )  # fmt: skip
    kind = kind_of(option)
    if kind is None:
        return
    for key, value in option.items():
        having = kinds_with(key)
        if having and kind not in having:
            kinds = " or ".join(f'"{name}"' for name in having)
            yield Fault(
                place=(*place, key), what=f'does not belong to kind = "{kind}"', value=shown(value),
                remedy=f"remove it, or use kind = {kinds}",
            )  # fmt: skip


def needs_of_options(raw: Raw) -> list[Fault]:
    """Return the faults of options that lack what their kind needs.

    Parameters
    ----------
    raw : mapping
        The file as TOML has it, or as it would.
    """
    profiled = all("profile" in training for _, training in tables_of(raw, "training"))
    kinds = ((place, option, kind_of(option)) for place, option in tables_of(raw, "option"))
    return [
        fault
        for place, option, kind in kinds
        if kind is not None
        for fault in _needs_of_kind(place, option, kind, profiled=profiled)
    ]


def _needs_of_kind(place: Place, option: Raw, kind: OptionKind, *, profiled: bool) -> Iterator[Fault]:
    facts = KINDS[kind]
    for key, example in needed_keys(kind).items():
        if key not in option:
            yield missing((*place, key), f"{key} = {shown(example)}")
    yield from _savings_plan(place, option, facts)
    yield from _spot_savings(place, option, facts)
    if facts.in_aws:
        yield from _types_of_aws(place, option, facts)
        yield from _volume(place, option.get("volume_gib"), facts)
    if kind in kinds_with("high_memory") and option.get("high_memory") is True and option.get("plan") == "free":
        yield Fault(
            place=(*place, "high_memory"), what="for subscribers, not on the free plan", value="true",
            remedy='remove it, or write plan = "pay-as-you-go"',
        )  # fmt: skip
    for choice in facts.choices:
        if not _chosen(option, choice):
            yield missing((*place, choice.key), choice.example)
    if facts.at_home:
        yield from _needs_of_machine(place, option, profiled=profiled)


def _savings_plan(place: Place, option: Raw, facts: KindFacts) -> Iterator[Fault]:
    """Yield a plan that covers none of the option's machines, and a commitment without a plan."""
    purchase = option.get("purchase")
    stated = "commitment_usd_per_hour" in option
    if not stated and (not isinstance(purchase, str) or "savings-plan" not in purchase):
        return
    from cloudcost.catalog.aws.commitments.savings_plans import savings_plans

    plan = savings_plans().get(purchase) if isinstance(purchase, str) else None
    if plan is not None and plan.covers != facts.service:
        term = f"{plan.years}y-{plan.upfront}-upfront"
        fitting = [each for each, it in savings_plans().items() if it.covers == facts.service and each.endswith(term)]
        yield Fault(
            place=(*place, "purchase"), what=f"a {plan.title} covers none of its machines", value=shown(purchase),
            remedy=" or ".join(f'write "{each}"' for each in fitting) or "remove it",
        )  # fmt: skip
    if stated and plan is not None and option.get("usd_per_hour") == 0:
        yield Fault(
            place=(*place, "usd_per_hour"), what="a Savings Plan's rate that uses nothing of its commitment", value="0",
            remedy="write the plan's rate of the machine, or remove it",
        )  # fmt: skip
    if stated and plan is None and facts.in_aws:
        fitting = [each for each, it in savings_plans().items() if it.covers == facts.service]
        yield Fault(
            place=(*place, "commitment_usd_per_hour"), what="given without a Savings Plan",
            value=shown(option["commitment_usd_per_hour"]),
            remedy=f'remove it, or write e.g. purchase = "{fitting[0]}"',
        )  # fmt: skip


def _spot_savings(place: Place, option: Raw, facts: KindFacts) -> Iterator[Fault]:
    """Yield savings of spot capacity that is not bought, or of a price that has them in it."""
    if "spot_savings" not in option or not facts.in_aws:
        return
    value = shown(option["spot_savings"])
    if option.get("purchase") != "spot":
        yield Fault(
            place=(*place, "spot_savings"), what="given without spot capacity", value=value,
            remedy='remove it, or write purchase = "spot"',
        )  # fmt: skip
    elif "usd_per_hour" in option:
        yield Fault(
            place=(*place, "spot_savings"), what="given beside a price of your own, which has them in it", value=value,
            remedy="remove one of spot_savings and usd_per_hour",
        )  # fmt: skip


def _chosen(option: Raw, choice: Choice) -> bool:
    """Return whether an option has what it needs one of; a value that is no `false` is left to the models."""
    return states(option, choice.sets) or (bool(choice.true) and option.get(choice.true, False) is not False)


def _types_of_aws(place: Place, option: Raw, facts: KindFacts) -> Iterator[Fault]:
    """Yield machine types of another service of AWS, and a notebook without its type or its hours."""
    instance, notebook = option.get("instance"), option.get("notebook_instance")
    if isinstance(instance, str) and instance and KINDS[aws_kind_of(instance)] != facts:
        meant = KINDS[aws_kind_of(instance)]
        yield Fault(
            place=(*place, "instance"),
            what=_prefix(facts) if facts.type_prefix else f"a type of {meant.title}, not of {facts.title}",
            value=shown(instance), remedy=_spelt(instance, meant, facts),
        )  # fmt: skip
    of_notebooks = next(each for each in KINDS.values() if each.has_notebook)
    if isinstance(notebook, str) and notebook and not notebook.startswith(of_notebooks.type_prefix):
        yield Fault(
            place=(*place, "notebook_instance"), what=_prefix(of_notebooks), value=shown(notebook),
            remedy=_spelt(notebook, KINDS[aws_kind_of(notebook)], of_notebooks),
        )  # fmt: skip
    if option.get("notebook_hours", 0) != 0 and "notebook_instance" not in option:
        yield missing((*place, "notebook_instance"), 'notebook_instance = "ml.t3.medium"')
    if "notebook_instance" in option and "notebook_hours" not in option:
        yield missing((*place, "notebook_hours"), "the hours that it is on, notebook_hours = 96")


def _prefix(facts: KindFacts) -> str:
    return f"{facts.title}'s types begin with {facts.type_prefix}"


def _volume(place: Place, volume: object, facts: KindFacts) -> Iterator[Fault]:
    """Yield a volume that the kind has not, though another has."""
    from cloudcost.catalog.aws.volumes import volume_facts

    largest = volume_facts(facts.volume).largest_gib
    of_all = max(volume_facts(each.volume).largest_gib for each in KINDS.values())
    if isinstance(volume, int) and largest < volume <= of_all:
        yield Fault(
            place=(*place, "volume_gib"), what=f"{facts.title}'s volumes have at most {largest:,} GiB",
            value=shown(volume), remedy=f"write at most {largest}",
        )  # fmt: skip


def _spelt(name: str, written: KindFacts, facts: KindFacts) -> str:
    """Return how a machine type of another service is spelt here; of one that is not known, which may be meant."""
    from cloudcost.catalog.instances import type_names
    from cloudcost.catalog.near import near_and_all

    prefix, bare, known = facts.type_prefix, name.removeprefix(written.type_prefix), type_names("aws")
    if bare in known:
        return f'write "{prefix}{bare}"'
    names = [f"{prefix}{each}" for each in known]
    return near_and_all(name, names, where=f"cloudcost prices list --service {facts.service}")


def _needs_of_machine(place: Place, option: Raw, *, profiled: bool) -> Iterator[Fault]:
    """Yield what a machine of one's own lacks to have its energy priced and its steps timed."""
    if "device" not in option:
        if "watts" not in option:
            yield missing((*place, "device"), 'device = "RTX 3060", or watts and hours_per_run')
        elif not has_time(option) and not profiled:
            yield missing((*place, "device"), 'device = "RTX 3060", or hours_per_run or seconds_per_step')
    if "electricity_usd_per_kwh" not in option and "country" not in option:
        yield missing((*place, "electricity_usd_per_kwh"), 'electricity_usd_per_kwh = 0.11, or country = "MEX"')
