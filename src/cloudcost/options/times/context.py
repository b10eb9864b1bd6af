"""What times depend on besides the project: its day, its folder, the level of bands, and what was read from there."""

from __future__ import annotations

import json
from dataclasses import field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.domain.project import Training
from cloudcost.domain.timing import StepTime
from cloudcost.errors import NetworkError
from cloudcost.frozen import dataclass
from cloudcost.networks.registry import is_factory, named_network

if TYPE_CHECKING:
    from cloudcost.domain.network import Network
    from cloudcost.domain.profile import Profile


LEVEL = 0.8
"""Probability that the bands of a comparison claim."""


@dataclass(slots=True)
class TimingContext:
    """What times depend on besides the project, with what was already read.

    Parameters
    ----------
    today : date
    folder : Path
        That relative paths of the project start from.
    level : float
        Of the bands. [1]
    file : str
        Name of the project file, for messages.
    """

    today: date
    folder: Path = field(default_factory=Path)
    file: str = "project"
    level: float = LEVEL
    networks: dict[tuple[object, ...], Network] = field(default_factory=dict)
    steps: dict[tuple[object, ...], tuple[StepTime, float]] = field(default_factory=dict)
    folders: dict[str, tuple[int, int]] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    checked: set[tuple[str, str]] = field(default_factory=set)

    def network(self, training: Training) -> Network:
        """Return the training's CNN, read or built once.

        Raises
        ------
        NetworkError
            When it is unknown, inconsistent or too large for the image.
        """
        key = _key(training)
        if key not in self.networks:
            place = f"{self.file}:training.{training.name}"
            try:
                found = self._find(training)
            except NetworkError as error:
                raise NetworkError(*(f"{place}.network: {fault}" for fault in error.faults)) from None
            try:
                self.networks[key] = _frozen(found, training)
            except NetworkError as error:
                faults = (fault.replace(":freeze:", ":", 1) for fault in error.faults)
                raise NetworkError(*(f"{place}.freeze: {fault}" for fault in faults)) from None
        return self.networks[key]

    def would_run_code(self, training: Training) -> bool:
        """Return whether asking for the training's CNN would call somebody's factory: it was not asked for before."""
        return is_factory(training.network) and _key(training) not in self.networks

    def _find(self, training: Training) -> Network:
        if training.network.endswith(".json"):
            from cloudcost.networks.json_file import read_network

            return read_network(self.folder / training.network)
        if is_factory(training.network):
            profile = self.profile(training)
            if profile is not None:
                return profile.network
        elif not training.inputs and not training.kwargs:
            return named_network(training.network, image_px=training.image_px, classes=training.classes)
        from cloudcost.profiling.requests import NetworkRequest, requested_network

        size = training.image_px
        inputs = training.inputs or ((3, size, size),)
        kwargs = json.loads(training.kwargs or "{}")
        return requested_network(
            NetworkRequest(network=training.network, inputs=inputs, classes=training.classes, kwargs=kwargs)
        )

    def profile(self, training: Training) -> Profile | None:
        """Return the training's profile, read once; None where it names none.

        Raises
        ------
        InputError
            When it cannot be read, or was made of another CNN or with images of another size.
        """
        if training.profile is None:
            return None
        from cloudcost.options.times.measured import check_environments, check_profile, read_measured

        place = f"{self.file}:training.{training.name}.profile"
        if training.profile not in self.profiles:
            self.profiles[training.profile] = read_measured(self.folder / training.profile, place=place)
        if (training.name, training.profile) not in self.checked:
            profile = self.profiles[training.profile]
            network = self._expected(training, profile)
            check_profile(profile, training, place=place, network=network)
            check_environments(profile, self.profiles, training, place=place)
            self.checked.add((training.name, training.profile))
        return self.profiles[training.profile]

    def _expected(self, training: Training, profile: Profile) -> Network | None:
        """Return the CNN that a profile has to be of; None where the profile alone says what it is."""
        if not is_factory(training.network):
            return self.network(training)
        return None if training.freeze is None or not profile.network.ops else _frozen(profile.network, training)


def _key(training: Training) -> tuple[object, ...]:
    """Return what tells one CNN from another."""
    return (
        training.network, training.image_px, training.inputs, training.classes, training.kwargs, training.freeze
    )  # fmt: skip


def _frozen(network: Network, training: Training) -> Network:
    """Return a network as a training freezes it."""
    if training.freeze is None:
        return network
    from cloudcost.networks.freezing import frozen

    return frozen(network, training.freeze)
