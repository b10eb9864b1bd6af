"""How long a step and a run take on an option's machine: what the user states, what was measured, else the model.

What stands for itself comes first: an option's own `hours_per_run` or `seconds_per_step`; then a measurement of this
CNN on this device; then the timing model, anchored by measurements elsewhere where there are any.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import exp, hypot, log
from statistics import NormalDist
from typing import TYPE_CHECKING

from cloudcost.catalog.devices import device
from cloudcost.catalog.training.hosts import Host, usual_host
from cloudcost.catalog.training.hosts import host as named_host
from cloudcost.domain.kinds import facts_of
from cloudcost.domain.project import Option, Project, Training
from cloudcost.domain.timing import StepTime
from cloudcost.errors import TimingError
from cloudcost.figures import figure
from cloudcost.frozen import dataclass
from cloudcost.options.times.context import TimingContext
from cloudcost.options.times.data import LoaderLimit, copy_seconds, loader_limit
from cloudcost.timing.loading import DECODE_SD
from cloudcost.usage.chosen import in_aws
from cloudcost.usage.machines.machine import Machine
from cloudcost.usage.machines.runs import RunPlan, checkpoint_writes, run_steps, steps_per_epoch

if TYPE_CHECKING:
    from cloudcost.domain.profile import Profile

FORWARD_SHARE = 1 / 3
"""Share of a step that is its forward pass, where no model says better: forward, data and weight gradient."""
ASSUMED_CORES_SD = log(2) / NormalDist().inv_cdf(0.9)
"""Of the log of the cores of a machine that does not state them: 80 % have a half to twice those assumed, 3 to 12 cores
where 6 are. An assumption. [1]"""
MATTERS_SDS = 3.1
"""Standard deviations below the rest at which a normal number tops it once in a thousand times. [1]"""
STORE_BYTES_PER_S = 90e6
"""Writing to S3 over one connection: 85-95 MB/s (AWS S3 performance guide, read 2026-11-22). [bytes/s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """One training timed on one machine.

    Parameters
    ----------
    step : StepTime
        As the machine's device takes it; the loader is not in it.
    plan : RunPlan
    loader : LoaderLimit
        The least that a step takes because of reading and decoding images.
    cores_sd : float
        Of the log of the cores that decode; 0 where they are known. [1]
    decode_sd : float
        Of the log of the time in which a core decodes an image; 0 where it does not matter. [1]
    fixed : bool
        Whether the time is stated by the user and has no band.
    notes : tuple of str
    """

    step: StepTime
    plan: RunPlan
    loader: LoaderLimit
    cores_sd: float = 0.0
    decode_sd: float = 0.0
    fixed: bool
    notes: tuple[str, ...]

    @property
    def loader_seconds(self) -> float:
        """The least that a step takes because of reading and decoding images. [s]"""
        return self.loader.seconds


def time_training(
    project: Project,
    option: Option,
    training: Training,
    machine: Machine,
    timing: TimingContext,
    *,
    explain: bool = True,
) -> Timed:
    """Return how long one run of a training takes on a machine.

    Parameters
    ----------
    explain : bool
        Whether it is said what limits a step; a sweep, which prints none of it, does without.

    Raises
    ------
    TimingError
        When the timing model knows neither the device nor a measurement.
    NetworkError
        When the CNN is unknown or inconsistent.
    """
    dataset = project.dataset
    steps = run_steps(dataset, training, gpus=machine.gpus)
    notes: list[str] = []
    loader, cores_sd, decode_sd = LoaderLimit(), 0.0, 0.0
    if option.hours_per_run is not None:
        seconds = option.hours_per_run * 3600 / max(steps, 1)
        step, forward = _stated(seconds, timing), 0.0
        notes.append(f"{training.name}: {figure(option.hours_per_run, 6)} h a run, as the project file states")
    elif option.seconds_per_step is not None:
        step, forward = _stated(option.seconds_per_step, timing), FORWARD_SHARE
        notes.append(f"{training.name}: {figure(option.seconds_per_step, 6)} s a step, as the project file states")
    elif (timed := _profiled(option, training, machine, timing)) is not None:
        step, forward = timed[0], FORWARD_SHARE
        notes.extend((*timed[1], *step.notes))
    else:
        try:
            step, forward = _modelled(project, option, training, machine, timing)
        except TimingError:
            if not _measured_on(training, machine):
                raise
            [seconds] = anchors_of(project, training, timing).values()
            step, forward = _stated(seconds, timing), FORWARD_SHARE
        notes.extend(step.notes)
        if step.basis != "measured":
            loader = loader_limit(project, option, training, machine)
            cores_sd = 0.0 if machine.vcpu_known or not loader.decoding else ASSUMED_CORES_SD
            decode_sd = DECODE_SD if _decoding_matters(loader, step, option, cores_sd) else 0.0
            if explain:
                notes.extend(_loader_notes(training, machine, loader, step))
    least = max(step.seconds * option.time_factor, loader.seconds)
    plan = plan_run(project, option, training, machine, least, forward_share=forward)
    if option.hours_per_run is not None:  # as it is stated: steps x seconds per step would be off by float noise
        plan = replace(plan, training_seconds=option.hours_per_run * 3600 * option.time_factor)
    elif step.basis == "measured" and _measured_on(training, machine):
        whole = (training.hours_per_run or 0.0) * 3600 * option.time_factor
        plan = replace(plan, training_seconds=max(whole - plan.validation_seconds - plan.checkpoint_seconds, 0.0))
    fixed = option.hours_per_run is not None or option.seconds_per_step is not None
    return Timed(
        step=step, plan=plan, loader=loader, cores_sd=cores_sd, decode_sd=decode_sd, fixed=fixed, notes=tuple(notes)
    )


def _decoding_matters(loader: LoaderLimit, step: StepTime, option: Option, cores_sd: float) -> bool:
    """Return whether decoding limits the step in more than one of a thousand scenarios."""
    if not loader.decoding:
        return False
    other = max(step.seconds * option.time_factor, loader.reading)
    return log(loader.decoding / other) > -MATTERS_SDS * hypot(DECODE_SD, cores_sd, step.shared_sd, step.own_sd)


def _loader_notes(training: Training, machine: Machine, loader: LoaderLimit, step: StepTime) -> Iterator[str]:
    if not machine.vcpu_known:
        yield f"cores that decode images not stated (vcpu): {machine.vcpu} assumed, a half to twice as many drawn"
    if loader.seconds > step.seconds:
        yield (
            f"{training.name}: reading and decoding images limits the step to {figure(loader.seconds)} s "
            f"(the device alone would take {figure(step.seconds)} s)"
        )


def _profiled(
    option: Option, training: Training, machine: Machine, timing: TimingContext
) -> tuple[StepTime, tuple[str, ...]] | None:
    """Return a step as the training's profile has it, and what it says of that; None where none is of this machine."""
    profile = timing.profile(training)
    if profile is None:
        return None
    from cloudcost.options.times.measured import check_profile, is_profiled_machine, measured_step

    if not is_profiled_machine(profile, option, machine):
        return None
    step = measured_step(profile, training.batch, level=timing.level)
    return step, check_profile(profile, training, place=training.name)


def _measured_on(training: Training, machine: Machine) -> bool:
    """Return whether the training's `hours_per_run` were measured on just this machine."""
    if training.hours_per_run_on is None or machine.gpus != 1:
        return False
    return device(training.hours_per_run_on).name == machine.device


def plan_run(
    project: Project,
    option: Option,
    training: Training,
    machine: Machine,
    seconds_per_step: float,
    *,
    forward_share: float,
) -> RunPlan:
    """Return a run at so many seconds a step.

    Parameters
    ----------
    forward_share : float
        Share of a step that a validation batch takes; 0 where validation and checkpoints are in the time already. [1]
    """
    dataset, epochs = project.dataset, training.epochs.expected
    steps = run_steps(dataset, training, gpus=machine.gpus)
    validation = checkpoints = 0.0
    if forward_share:
        batches = steps_per_epoch(training.validation_images, training.batch * machine.gpus)
        validation = epochs * batches * seconds_per_step * forward_share
        if training.checkpoint is not None and in_aws(option):
            checkpoints = checkpoint_writes(training) * training.checkpoint.size_bytes / STORE_BYTES_PER_S
    return RunPlan(
        startup_seconds=0.0 if facts_of(option).at_home else option.startup_minutes * 60,
        download_seconds=copy_seconds(project, option, machine),
        training_seconds=steps * seconds_per_step,
        validation_seconds=validation,
        checkpoint_seconds=checkpoints,
        steps=steps,
    )


def _stated(seconds: float, timing: TimingContext) -> StepTime:
    return StepTime(
        seconds=seconds,
        interval_seconds=(seconds, seconds),
        level=timing.level,
        shared_sd=0.0,
        own_sd=0.0,
        basis="measured",
        stack="as stated",
    )


def _modelled(
    project: Project, option: Option, training: Training, machine: Machine, timing: TimingContext
) -> tuple[StepTime, float]:
    """Return the step on the machine's device and the forward share, by the model and its anchors; cached."""
    if machine.timed_as is None:
        if machine.instance is None:
            remedy = "state device, hours_per_run or seconds_per_step for it"
            raise TimingError(f"no timing model for a machine that is in no table of machines; {remedy}")
        what, held = machine.instance.name, machine.instance.accelerator or "no GPU"
        raise TimingError(f"no timing model for {what} ({held}); state hours_per_run or seconds_per_step for it")
    profile = timing.profile(training)
    if profile is not None and not profile.network.ops:
        return _untraced(training, machine, profile, timing), FORWARD_SHARE
    anchors = anchors_of(project, training, timing)
    host = host_around(option, machine)
    key = (
        *(training.network, training.image_px, training.inputs, training.classes, training.kwargs, training.freeze),
        *(training.batch, training.precision, training.optimizer, training.channels_last, training.stack),
        training.cudnn_benchmark,
        *(machine.timed_as, machine.gpus, None if host is None else host.name),
        tuple((name, f"{seconds:.12g}") for name, seconds in anchors.items()),  # a scaled project scales them back
        timing.level,
        training.profile,
    )
    if key not in timing.steps:
        from cloudcost.timing.predict import predict_forward, predict_step

        network = timing.network(training)
        step = predict_step(
            network,
            batch=training.batch,
            device=machine.timed_as,
            gpus=machine.gpus,
            precision=training.precision,
            optimizer=training.optimizer,
            channels_last=training.channels_last,
            stack=training.stack,
            cudnn_benchmark=training.cudnn_benchmark,
            host=host,
            measured=anchors,
            level=timing.level,
        )
        if profile is not None and not anchors:
            from cloudcost.options.times.measured import OF_A_CPU

            step = replace(step, notes=(*step.notes, OF_A_CPU))
        timing.steps[key] = step, predict_forward(network, batch=training.batch, device=machine.timed_as)
    return timing.steps[key]


def host_around(option: Option, machine: Machine) -> Host | None:
    """Return the host of an option's machine: stated, Colab's, or its machine type's; None for the usual one."""
    if option.host is not None:
        return named_host(option.host)
    if facts_of(option).host:
        return named_host(facts_of(option).host)
    if machine.instance is None or machine.device is None:
        return None
    return usual_host(device(machine.device), machine.instance)


def _untraced(training: Training, machine: Machine, profile: Profile, timing: TimingContext) -> StepTime:
    """Return the step of a CNN of which whole steps alone are known: as profiled on this GPU, unknown on others."""
    from cloudcost.options.times.measured import measured_step, profiled_device

    if machine.gpus == 1 and profiled_device(profile) == machine.device:
        return measured_step(profile, training.batch, level=timing.level)
    where = f"{machine.gpus} {machine.device}" if machine.gpus > 1 else machine.device
    raise TimingError(
        f"no timing model for {training.network} on {where}: it cannot be traced, and the time of its profile holds on "
        f"{profile.environment.processor} alone; state hours_per_run or seconds_per_step, or profile it there"
    )


def anchors_of(project: Project, training: Training, timing: TimingContext) -> dict[str, float]:
    """Return the measured seconds per step of this CNN by device. [s]"""
    anchors: dict[str, float] = {}
    profile = timing.profile(training)
    if profile is not None:
        from cloudcost.options.times.measured import profiled_device
        from cloudcost.profiling.use import step_seconds

        profiled = profiled_device(profile)
        if profiled is not None:
            anchors[profiled], _ = step_seconds(profile, training.batch)
    if training.hours_per_run is not None and training.hours_per_run_on is not None:
        steps = run_steps(project.dataset, training)
        batches = steps_per_epoch(training.validation_images, training.batch) * training.epochs.expected
        equal_steps = steps + batches * FORWARD_SHARE
        anchors[device(training.hours_per_run_on).name] = training.hours_per_run * 3600 / max(equal_steps, 1)
    return anchors


def in_band(timed: Timed, low: float, high: float) -> tuple[float, float]:
    """Return the seconds per step at the ends of its band, the loader's limit kept. [s]"""
    reach = exp(NormalDist().inv_cdf((1 + timed.step.level) / 2) * hypot(timed.cores_sd, timed.decode_sd))
    loader = timed.loader
    return max(low, loader.reading, loader.decoding / reach), max(high, loader.reading, loader.decoding * reach)
