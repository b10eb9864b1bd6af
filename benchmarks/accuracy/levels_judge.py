"""Leave families and devices out of the joint fit and predict their steps, as they were timed."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from benchmarks.accuracy.levels_fit import RELATIVES, Joint, Mask
from benchmarks.accuracy.steps import step_network
from cloudcost.catalog.devices import device as catalogued
from cloudcost.catalog.training.hosts import REFERENCE_LAUNCH, ROCM, SPEED_POWER, Host, hosts
from cloudcost.timing.levels.compose import composed
from cloudcost.timing.levels.table import Levels
from cloudcost.timing.predict import error_parts
from cloudcost.timing.rates.equation import Array
from cloudcost.timing.rates.workload import modelled_step, network_features

FAMILIES = (
    "seresnext", "resnext", "seresnet", "resnetv2", "wide", "inception", "repvgg", "resnet", "vgg", "efficientnet",
    "mnasnet", "mobilenet", "squeeze", "darknet", "convmixer", "densenet", "shufflenet", "convnext", "googlenet",
    "alexnet", "vit", "swin", "deit", "unet", "lenet", "xception", "regnet",
)  # fmt: skip
ALIKE = {"deit": "vit"}
"""Networks of another name that are of a family: DeiT is ViT, trained otherwise."""
XEN_BY_TENSORFLOW = 1.44
"""Of g4dn's launch cost: p2's and g3's, which share p3's processor and hypervisor, over g4dn's in the fit of PROFET's
steps (0.0765 over 0.053 s per 1000 layers). It predicts p3's where V100 is left out. [1]"""
FOLD_STEPS = 3
"""From the fit of everything; more change nothing. [count]"""
NEW_HOST_SPREAD, OWN_HOST_SPREAD = 0.3, 0.25
"""Of the log: of a host never seen, and of one that is known of a single harness's steps. [1]"""
WSL2_GUESS = 1.4
"""Launch cost of a desktop that was never seen, under WSL2. [1]"""


def family(name: str) -> str:
    """Return the family that a network is left out with."""
    found = next(each for each in FAMILIES if each in name)
    return ALIKE.get(found, found)


def families_out(joint: Joint, full: Array, wanted: Sequence[str] | None = None) -> pd.DataFrame:
    """Return every step predicted by a fit without its network's family, with its band."""
    groups = joint.table.network.map(family)
    frames = []
    for name in sorted(groups.unique()) if wanted is None else wanted:
        out = (groups == name).to_numpy()
        frames.append(judged(joint, joint.fit(~out, start=full, steps=FOLD_STEPS), out))
    return pd.concat(frames).sort_index()


def devices_out(joint: Joint, full: Array, wanted: Sequence[str]) -> pd.DataFrame:
    """Return the steps of devices predicted by fits without them, their relatives and their hosts."""
    frames = []
    for name in wanted:
        chip = RELATIVES.get(name, name)
        relatives = {name, chip, *(each for each, of in RELATIVES.items() if of == chip)}
        here = (joint.table.device == name).to_numpy()
        held = set(joint.table.host[here]) - {"server", "desktop"}
        out = joint.table.device.isin(list(relatives)).to_numpy() | joint.table.host.isin(list(held)).to_numpy()
        unknowns = joint.fit(~out, start=full, steps=FOLD_STEPS)
        for host in held:
            unknowns[joint.places["host", host]] = guessed_host(joint, unknowns, host, set(joint.table.host[~out]))
        frames.append(judged(joint, unknowns, here, gone=frozenset(relatives)))
    return pd.concat(frames).sort_index()


def guessed_host(joint: Joint, unknowns: Array, name: str, seen: Container[str]) -> float:
    """Return the log of a host's factor from its processor and those hosts that the fit has seen."""
    place = {host: index for (level, host), index in joint.places.items() if level == "host"}
    if name == "p3":
        return float(unknowns[place["g4dn"]] + np.log(XEN_BY_TENSORFLOW))
    if name in hosts():
        others = [host for host in ("g4dn", "g5", "g5g") if host in seen]
        level = np.mean([unknowns[place[host]] - np.log(from_processor(host)) for host in others])
        return float(level + np.log(from_processor(name)))
    if name.startswith("of R") and "RTX" not in name:
        return float(np.log(hosts()["desktop"].launch * ROCM))
    if name.startswith("of "):
        return 0.0
    return float(np.log(WSL2_GUESS))


def from_processor(name: str) -> float:
    """Return what a host's processor says of its factor, whatever was fitted. [1]"""
    speeds = {"g5": 3.3, "g4dn": 0.93 * 3.1, "g5g": 0.72 * 2.5}
    return float(REFERENCE_LAUNCH * (speeds[name] / 3.3) ** -SPEED_POWER)


def fitted_spread(name: str) -> float:
    """Return how far a host's fitted factor may be off, of the log. [1]"""
    known = hosts().get(name)
    return known.spread if known is not None and known.basis == "fitted" else OWN_HOST_SPREAD


def judged(joint: Joint, unknowns: Array, rows: Mask, *, gone: frozenset[str] = frozenset()) -> pd.DataFrame:
    """Return rows with `predicted` seconds, `error` (of the log), `host_share` and the band's `sd`.

    Single reports also have `eager`, what is predicted where the stack is not stated. `gone` are the devices that the
    fit did not see: their bands are those of devices never measured.
    """
    seconds, _, _, share = joint._assess(unknowns)
    levels = unseen(joint.levels_at(unknowns), gone)
    factors = joint.host_factors(unknowns)
    frame = joint.table[rows].copy()
    frame["predicted"], frame["host_share"] = seconds[rows], share[rows]
    sds, eager = [], []
    for row in frame.itertuples():
        device = catalogued(str(row.device))
        host = Host(
            name=str(row.host), processor="", system="", basis="fitted", launch=factors[str(row.host)],
            spread=NEW_HOST_SPREAD if gone else fitted_spread(str(row.host)), source="",
        )  # fmt: skip
        model = composed(
            device,
            row.precision,  # type: ignore[arg-type]
            stack=str(row.stack),
            channels_last=bool(row.channels_last),
            host=host,
            levels=levels,
        )
        network = step_network(str(row.network), int(str(row.image_px)), int(str(row.classes)))
        one = modelled_step(model, network_features(network), int(str(row.batch)))
        sds.append(error_parts(model, one, str(row.stack)).total)
        eager.append(one.seconds)
        if row.set == "reports" and (row.stack != "torch" or row.channels_last):
            usual = composed(
                device,
                row.precision,  # type: ignore[arg-type]
                stack="torch",
                channels_last=False,
                host=host,
                levels=levels,
            )
            eager[-1] = modelled_step(usual, network_features(network), int(str(row.batch))).seconds
    frame["sd"], frame["eager"] = sds, eager
    frame["error"] = np.log(frame.predicted / frame.seconds)
    frame["ape"] = (frame.predicted / frame.seconds - 1).abs() * 100
    return frame


def unseen(levels: Levels, gone: frozenset[str]) -> Levels:
    """Return levels that know no step of some devices, nor of a chip that they share."""
    return replace(
        levels,
        measured={name: held for name, held in levels.measured.items() if name not in gone},
        relatives={name: chip for name, chip in levels.relatives.items() if name not in gone},
    )


def summary(frame: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return rows, mean and median error, bias, coverage of the 80 % band and its median width by group."""
    groups = frame.groupby(by)
    covered = (frame.error.abs() <= 1.2816 * frame.sd).groupby([frame[each] for each in by]).mean() * 100
    return pd.DataFrame(
        {
            "steps": groups.size(),
            "mean": groups.ape.mean(),
            "median": groups.ape.median(),
            "bias": np.expm1(groups.error.median()) * 100,
            "covered": covered,
            "width": np.exp(1.2816 * groups.sd.median()),
        }
    )
