"""What is measured beside the steps: loading images, energy, several processes. No torch in here."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from cloudcost.domain.profile import Profile
from cloudcost.errors import CloudCostError
from cloudcost.profiling.communicate import run_communication
from cloudcost.profiling.plan import Plan
from cloudcost.profiling.record import settled
from cloudcost.profiling.worker.energy import estimated_energy
from cloudcost.profiling.worker.loading import measure_loading


def completed(
    profile: Profile, plan: Plan, *, folder: Path | None, tdp_watts: float | None, tell: Callable[[str], None]
) -> Profile:
    """Return a profile with loading, energy and communication; what fails or is interrupted here costs no step.

    Parameters
    ----------
    profile : Profile
    plan : Plan
    folder : Path or None
        The data set's; None: JPEGs made for the purpose.
    tdp_watts : float or None
        Thermal design power, for where no counter is readable. [W]
    tell : callable
        Told in full what failed: such words may hold paths, and are not for the file.
    """
    more: list[str] = []
    try:
        for what, part in (
            ("loading", partial(_with_loading, folder=folder)),
            ("energy", partial(_with_energy, tdp_watts=tdp_watts)),
            ("communication", _with_communication),
        ):
            try:
                profile, said = part(profile, plan)
            except CloudCostError as error:
                tell(str(error))
                said = f"{what} could not be timed"
            more += [said] if said else []
    except KeyboardInterrupt:
        profile = replace(profile, interrupted=True)
        more.append("interrupted: holds what was finished")
    return settled(replace(profile, warnings=(*profile.warnings, *more)))


def _with_loading(profile: Profile, plan: Plan, *, folder: Path | None) -> tuple[Profile, str]:
    """Return the profile with the loading rate, and what to warn of."""
    if plan.image[0] != 3:
        return profile, "--data: loading is timed for images of three channels only" if folder else ""
    loading = measure_loading(max(plan.image[1:]), folder)
    said = "" if loading else "loading was not timed, Pillow is missing: pip install pillow"
    return replace(profile, loading=loading), said


def _with_energy(profile: Profile, plan: Plan, *, tdp_watts: float | None) -> tuple[Profile, str]:
    if profile.energy is not None:
        return profile, ""
    if tdp_watts is None:
        return profile, "energy is unknown, no counter is readable here: give --tdp WATTS for an estimate"
    threads, cores = (1, 1) if plan.device == "cuda" else (plan.threads, os.cpu_count() or 1)
    energy = estimated_energy(tdp_watts, threads, cores)
    steps = tuple(replace(step, joules=energy.watts * step.wall_seconds) for step in profile.steps)
    return replace(profile, energy=energy, steps=steps), ""


def _with_communication(profile: Profile, plan: Plan) -> tuple[Profile, str]:
    return (replace(profile, communication=run_communication(plan)) if plan.processes > 1 else profile), ""
