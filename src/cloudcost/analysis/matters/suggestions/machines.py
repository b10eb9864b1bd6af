"""Changes of the machine that may cost less: how it is bought, its size, its region, how it computes; not priced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import isclose

from cloudcost.analysis.matters.suggestions.data import Change, of_option
from cloudcost.catalog.aws.regions import find_region, regions
from cloudcost.catalog.devices import device
from cloudcost.catalog.instances import instances, is_startable
from cloudcost.domain.devices import Instance
from cloudcost.domain.kinds import facts_of
from cloudcost.domain.project import Option, Precision, Project, Training
from cloudcost.errors import CatalogError, TimingError
from cloudcost.options.model import Context, OptionModel
from cloudcost.usage.machines.runs import checkpoint_writes

RESERVATIONS = {"reserved-1y-no-upfront": 8760, "reserved-3y-no-upfront": 3 * 8760}
"""Reservations that are paid by the hour, and the hours that each commits to. [h]"""


def machine_changes_of(project: Project, option: Option, model: OptionModel, context: Context) -> Iterator[Change]:
    """Yield the changes of the machine that apply to an option."""
    if facts_of(option).in_aws and option.usd_per_hour is None:  # a stated price says nothing of another machine's
        yield from _purchase(project, option)
        yield from _size(project, option, context)
        yield from _region(project, option)
    if option.purchase == "spot":
        yield from _checkpoints(project, option, model)
    yield from _precision(project, option, model, context)


def _purchase(project: Project, option: Option) -> Iterator[Change]:
    if option.purchase != "on-demand":
        return
    checkpoints = all(training.checkpoint is not None for training in project.trainings)
    condition = "the provider may interrupt it" + ("" if checkpoints else "; write checkpoints")
    yield of_option(project, replace(option, purchase="spot"), "spot", "spot instead of on-demand", condition)
    if facts_of(option).may_reserve:
        for purchase, hours in RESERVATIONS.items():
            text = f"reserved for {hours // 8760} year{'s' if hours > 8760 else ''} instead of on-demand"
            condition = f"{hours:,} hours are paid whether used or not"
            changed = replace(option, purchase=purchase)
            yield of_option(project, changed, "reserved", text, condition, committed_hours=hours)


def _size(project: Project, option: Option, context: Context) -> Iterator[Change]:
    """Yield the smaller machines of the same family."""
    prefix = facts_of(option).type_prefix
    own = instances().get((option.instance or "").removeprefix("ml."))
    if own is None:
        return
    for other in instances().values():
        smaller = _family(other) == _family(own) and other.vcpu < own.vcpu
        if smaller and is_startable(other, context.day(project)):
            text = f"{prefix}{other.name} instead of {option.instance}"
            gpus = f"{other.gpu_count} instead of {own.gpu_count} GPUs, " if other.gpu_count != own.gpu_count else ""
            condition = f"{gpus}{other.vcpu} instead of {own.vcpu} vCPUs"
            yield of_option(project, replace(option, instance=prefix + other.name), "smaller", text, condition)


def _family(instance: Instance) -> tuple[str, str, bool]:
    return instance.provider, instance.name.partition(".")[0], instance.gpu_count > 0


def _region(project: Project, option: Option) -> Iterator[Change]:
    """Yield the other regions of the same country, data set and all."""
    here = find_region(option.region or project.region)
    if here is None:
        return
    for code, there in regions().items():
        if code == here.code or there.country != here.country or _is_gov(code) != _is_gov(here.code):
            continue
        moved = replace(option, region=None if option.region is None else code)
        yield of_option(
            replace(project, region=code),
            moved,
            "region",
            f"{code} instead of {here.code}",
            "data set and machines are both there; look at the account's quotas",
        )


def _is_gov(region: str) -> bool:
    return region.startswith("us-gov")


def _checkpoints(project: Project, option: Option, model: OptionModel) -> Iterator[Change]:
    """Yield the project with checkpoints as often as is best on spot capacity."""
    from cloudcost.spot import best_interval

    spot = model.capacity
    assert spot is not None
    trainings: list[Training] = []
    said: list[str] = []
    for training, plan in zip(project.trainings, model.plans, strict=True):
        epochs = training.epochs.expected
        if training.checkpoint is not None and epochs:
            work = plan.training_seconds + plan.validation_seconds
            cost = plan.checkpoint_seconds / max(checkpoint_writes(training), 1)
            best = best_interval(spot, cost, plan.overhead_seconds)
            every = min(max(round(best / (work / epochs)), 1), epochs) if work else 1
            if every != training.checkpoint.every_epochs:
                said.append(f"{training.name} every {every} epochs")
            training = replace(training, checkpoint=replace(training.checkpoint, every_epochs=every))
        trainings.append(training)
    if said:
        yield Change(
            name="checkpoints",
            text=f"checkpoints at the best interval ({', '.join(said)})",
            project=replace(project, trainings=tuple(trainings)),
            option=option,
        )


def _precision(project: Project, option: Option, model: OptionModel, context: Context) -> Iterator[Change]:
    """Yield lower precisions that the device computes in, as the timing model compares them."""
    if model.machine.device is None or not project.trainings:
        return
    try:
        known = device(model.machine.device)
    except CatalogError:
        return
    asked = {training.precision for training in project.trainings}
    if len(asked) != 1 or not asked <= {"default", "fp32"}:
        return
    [today] = asked
    modes: list[Precision] = []
    if known.tf32_tflops and today == "fp32":
        modes.append("default")
    if known.fp16_tensor_tflops:
        modes.append("amp")
    for precision in modes:
        try:
            factor = _time_factor(project.trainings, model, (today, precision), option, context)
        except TimingError:
            continue
        if isclose(factor, 1.0):
            continue
        text = f"{_PRECISION_NAMES.get(precision, precision)} instead of {_PRECISION_NAMES.get(today, today)}"
        condition = f"a step then takes {factor:.2f} of the time, as the timing model predicts; look at the accuracy"
        faster = replace(option, time_factor=option.time_factor * factor)
        yield of_option(project, faster, "precision", text, condition)


_PRECISION_NAMES = {"default": "PyTorch's default precision"}


def _time_factor(
    trainings: Sequence[Training],
    model: OptionModel,
    precisions: tuple[Precision, Precision],
    option: Option,
    context: Context,
) -> float:
    """Return the time of all runs in the second precision against the first, as the model predicts unmeasured."""
    from cloudcost.options.times.trainings import host_around
    from cloudcost.timing.predict import predict_step

    asked = model.machine.timed_as
    assert asked is not None
    before = after = 0.0
    for training, plan in zip(trainings, model.plans, strict=True):
        network = context.timing.network(training)
        if not network.ops:  # of whole steps, nothing tells what another precision takes
            return 1.0
        seconds = [
            predict_step(
                network,
                batch=training.batch,
                device=asked,
                gpus=model.machine.gpus,
                precision=mode,
                optimizer=training.optimizer,
                channels_last=training.channels_last,
                stack=training.stack,
                cudnn_benchmark=training.cudnn_benchmark,
                host=host_around(option, model.machine),
                level=context.timing.level,
            ).seconds
            for mode in precisions
        ]
        spent = plan.training_seconds * training.runs.expected
        before += spent
        after += spent * seconds[1] / seconds[0]
    return after / before if before else 1.0
