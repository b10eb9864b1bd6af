"""Seconds per step, and device models from measurements, from Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.analysis.predicted import StepQuestion, check_question, predicted_steps
from cloudcost.api.asked import count_of, names_of, number_of
from cloudcost.api.days import today_or
from cloudcost.api.projects import path_of
from cloudcost.domain.network import Network
from cloudcost.errors import InputError, repeated
from cloudcost.profiling.requests import NetworkRequest, requested_network
from cloudcost.timing.predict import predict_step as step_on_device

if TYPE_CHECKING:
    from cloudcost.catalog.training.hosts import Host
    from cloudcost.domain.devices import Instance
    from cloudcost.domain.project import Optimizer, Precision
    from cloudcost.domain.timing import StepTime
    from cloudcost.render.listings.predictions import Predictions
    from cloudcost.timing.beside.stated import Measured
    from cloudcost.timing.calibration.calibration import Calibration
    from cloudcost.timing.calls.own_machine import CallModel


def predict(
    network: Network | str,
    *,
    batch: int,
    device: str | Iterable[str] | None = None,
    instance: str | Iterable[str] | None = None,
    image_px: int | None = None,
    classes: int | None = None,
    gpus: int | None = None,
    link: str | None = None,
    precision: Precision = "default",
    optimizer: Optimizer = "sgd",
    channels_last: bool = False,
    stack: str | None = None,
    cudnn_benchmark: bool | None = None,
    host: str | None = None,
    measured: Mapping[str, float] | None = None,
) -> Predictions:
    """Return the seconds of a training step on devices and machines, as ``cloudcost predict`` lists them.

    Parameters
    ----------
    network : Network or str
        A network, or its name as the command takes it: ``resnet50``, ``my_cnn.json``, ``package.module:factory``,
        ``timm:NAME``.
    batch : int
        Per GPU. [images]
    device, instance : str or iterable of str
        GPUs or device models' files, and machine types; without either, devices that a cloud rents out.
    image_px, classes : int, optional
        Of a network that is named; its own unless given. [px], [count]
    gpus : int, optional
        Of one machine: 1 unless given, or the instance's. [count]
    link : {"pcie", "nvlink", "network"}, optional
        Between GPUs; the device's unless given.
    precision : {"default", "fp32", "tf32", "amp", "bf16", "half"}
        ``default`` is PyTorch's.
    optimizer : {"sgd", "momentum", "adam"}
    channels_last : bool
        Memory format.
    stack : str, optional
        The software that runs: ``torch``, ``torch-compile``, ``tf2.5``, ``tuned``.
    cudnn_benchmark : bool, optional
        Whether cuDNN searches its algorithms; off unless given.
    host : str, optional
        The computer around the GPU.
    measured : mapping of str to float, optional
        Steps of this CNN at this batch, by device. [s]

    Raises
    ------
    NetworkError
        When there is no such network.
    InputError
        With every argument that is none.
    UnknownDeviceError, UnknownInstanceError
        When there is no such device or machine; the message names the nearest.
    TimingError
        When no model can tell of any of them.

    Examples
    --------
    A step on two GPUs with a batch for each trains twice the images:

    >>> found = predict("resnet18", batch=64, device=["T4", "V100"])
    >>> [(row.device, row.step.basis) for row in found.rows]
    [('T4', 'fitted'), ('V100', 'fitted')]
    >>> len(found.to_frame()) == len(found.rows)
    True
    """
    sizes = {"image_px": (image_px, 65_536), "classes": (classes, 1_000_000), "gpus": (gpus, 10**6)}
    checked = {
        name: None if value is None else count_of(value, f"predict:{name}", least=1, most=most)
        for name, (value, most) in sizes.items()
    }
    question = StepQuestion(
        batch=count_of(batch, "predict:batch", least=1),
        devices=names_of(device, "predict:device"),
        instances=names_of(instance, "predict:instance"),
        gpus=checked["gpus"],
        link=link,
        precision=precision,
        optimizer=optimizer,
        channels_last=channels_last,
        stack=stack,
        cudnn_benchmark=cudnn_benchmark,
        host=host,
        measured={
            name: number_of(seconds, f"predict:measured:{name}", most=1e9) for name, seconds in (measured or {}).items()
        },
    )
    return predicted_steps(_network(network, checked["image_px"], checked["classes"]), question)


def _network(network: Network | str, image_px: int | None, classes: int | None) -> Network:
    if isinstance(network, str | Path):
        return requested_network(NetworkRequest(network=str(network), image_px=image_px, classes=classes))
    if not isinstance(network, Network):
        raise InputError(
            f"predict:network: no network, {repeated(network)}, give a Network, or a name such as 'resnet50'"
        )
    if image_px is not None or classes is not None:
        raise InputError(f"predict:network: {network.name} has its own size, leave out image_px and classes")
    return network


def predict_step(
    network: Network,
    *,
    batch: int,
    device: str,
    gpus: int = 1,
    link: str | None = None,
    precision: Precision = "default",
    optimizer: Optimizer = "sgd",
    channels_last: bool = False,
    stack: str | None = None,
    cudnn_benchmark: bool | None = None,
    host: str | Host | None = None,
    measured: Mapping[str, float] | Sequence[Measured] = (),
    instance: Instance | None = None,
    level: float = 0.8,
) -> StepTime:
    """Return the time of one training step on one device: a row of `predict`, with its band at any level.

    Parameters
    ----------
    network : Network
    batch : int
        Per GPU. [images]
    device : str
        Name of a device (``T4``), or the path of a device model (ends in ``.json``).
    gpus : int
        Of one machine. [count]
    link, precision, optimizer, channels_last, stack, cudnn_benchmark
        As of `predict`.
    host : str or Host, optional
        The computer around the GPU; the instance's, or where such devices are usually found, unless given.
    measured : mapping of str to float, or sequence of Measured
        Times of this CNN. [s]
    instance : Instance, optional
        Gives the host, and the vCPUs that decode images.
    level : float
        Probability that the band claims. [1]

    Raises
    ------
    InputError
        When the link, precision, optimizer, stack or host is not known; the message names the nearest.
    UnknownDeviceError
        When there is no such device; the message names the nearest.
    TimingError
        When no model can tell.
    ValueError
        When a number makes no sense: a batch or a count below 1.

    Examples
    --------
    Twice the images take longer, and less than twice as long:

    >>> from cloudcost.networks.registry import named_network
    >>> one, two = (predict_step(named_network("resnet18"), batch=n, device="T4").seconds for n in (32, 64))
    >>> one < two <= 2 * one
    True
    """
    named = host if isinstance(host, str) else None
    asked = StepQuestion(
        batch=1, devices=(device,), link=link, precision=precision, optimizer=optimizer, stack=stack, host=named
    )
    check_question(asked)
    return step_on_device(
        network,
        batch=batch,
        device=device,
        gpus=gpus,
        link=link,
        precision=precision,
        optimizer=optimizer,
        channels_last=channels_last,
        stack=stack,
        cudnn_benchmark=cudnn_benchmark,
        host=host,
        measured=measured,
        instance=instance,
        level=level,
    )


def fit(
    runs: str | Path | Iterable[str | Path],
    output: str | Path,
    *,
    device: str | None = None,
    host: str | None = None,
    stack: str | None = None,
    today: date | str | None = None,
) -> CallModel | Calibration:
    r"""Write a device model made of measured steps, and return it, as ``cloudcost fit`` does.

    Parameters
    ----------
    runs : str, Path or iterable of them
        Profiles of ``cloudcost profile``; with `device`, tables of step times as well (CSV).
    output : str or Path
        The device model's file, which `predict` takes for a device.
    device : str, optional
        The known device that is scaled by the runs; without it a model of this machine is made from profiles alone.
    host, stack : str, optional
        The computer around that device, and the software that ran.
    today : date or str, optional
        That the model bears; the clock's day unless given.

    Raises
    ------
    InputError
        With every run that cannot be read, and every name that is not known.
    OutputError
        When the file cannot be written.

    Examples
    --------
    A step that takes 1.5 times as long as predicted makes a slower device of the same name:

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> usual = predict("resnet18", batch=64, device="T4").rows[0].step.seconds
    >>> with TemporaryDirectory() as folder:
    ...     table = Path(folder, "runs.csv")
    ...     _ = table.write_text(f"network,batch,seconds\nresnet18,64,{1.5 * usual}\n")
    ...     _ = fit(table, Path(folder, "mine.json"), device="T4", today="2026-11-22")
    ...     mine = predict("resnet18", batch=64, device=str(Path(folder, "mine.json"))).rows[0].step.seconds
    >>> mine > usual
    True
    """
    from cloudcost.files.writing import require_writable, write_whole
    from cloudcost.profiling.calibration.fitted import fitted_calibration, fitted_machine
    from cloudcost.timing.calibration import calibration_file
    from cloudcost.timing.calls import own_machine_file

    several = [runs] if isinstance(runs, str | Path) else list(runs)
    paths = [str(path_of(each, "fit:runs")) for each in several]
    if not paths:
        raise InputError("fit:runs: no file, [], name profiles or tables of step times")
    require_writable(output, inputs=list(paths))
    if device is None:
        if host is not None or stack is not None:
            raise InputError("fit: host and stack are of a known device, name it by device")
        model = fitted_machine(paths)[0]
        write_whole(output, own_machine_file.to_json(model))
        return model
    found = fitted_calibration(paths, device=device, host=host, stack=stack, created=today_or(today))
    write_whole(output, calibration_file.to_json(found))
    return found
