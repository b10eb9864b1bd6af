"""What is uncertain in an estimate, how much, and where each figure comes from: the inputs of the simulation.

Everything that is not listed here is taken as it is stated: prices of the book, the user's own times and prices, the
data set. Step times have spreads of their own, which the timing model states with each prediction.
"""

from __future__ import annotations

from dataclasses import fields, replace

from cloudcost.figures import figure
from cloudcost.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Spreads:
    """How widely each uncertain input is drawn; each can be switched off by itself.

    Parameters
    ----------
    step_times : float
        Factor on the standard deviations that the timing model states; 0 switches them off. [1]
    runs, epochs : bool
        Whether counts that the project file states as uncertain are drawn.
    spot_price : bool
        Whether a spot price is drawn between the lowest and the highest seen.
    interruptions : bool
        Whether runs on spot capacity are drawn; otherwise each takes its expected time.
    shortest_session : float
        A session of a plan that promises nothing ends between this share of its limit and the limit; 1: at it. [1]
    cores : bool
        Whether the cores that decode images are drawn on machines that do not state them.
    decoding : bool
        Whether the time in which a core decodes an image is drawn, where it may limit a step.
    electricity_sd : float
        Of the log of a country's price of electricity; a price that the user states is certain. [1]
    purchase_sd, resale_sd : float
        Of the logs of what a machine to be bought costs, and of the share of it that it is sold for, which never
        passes 1. [1]
    forgotten_chance : float
        That a machine is left on once in the project. [1]
    forgotten_hours : float
        Mean time, exponential, until somebody sees it. [h]

    Examples
    --------
    >>> Spreads.none().electricity_sd, Spreads.only("electricity_sd").electricity_sd
    (0.0, 0.1)
    """

    step_times: float = 1.0
    runs: bool = True
    epochs: bool = True
    spot_price: bool = True
    interruptions: bool = True
    shortest_session: float = 0.5
    cores: bool = True
    decoding: bool = True
    electricity_sd: float = 0.10
    purchase_sd: float = 0.05
    resale_sd: float = 0.18
    forgotten_chance: float = 0.05
    forgotten_hours: float = 12.0

    def __post_init__(self) -> None:
        for name in ("step_times", "electricity_sd", "purchase_sd", "resale_sd", "forgotten_hours"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise ValueError(f"{name} is finite and not negative, not {getattr(self, name)}")
        if not 0 <= self.forgotten_chance <= 1:
            raise ValueError(f"a chance lies between 0 and 1, not {self.forgotten_chance}")
        if not 0 < self.shortest_session <= 1:
            raise ValueError(f"the shortest session is a share over 0 and at most 1, not {self.shortest_session}")

    @classmethod
    def none(cls) -> Spreads:
        """Return spreads in which nothing is uncertain."""
        return cls(
            step_times=0.0,
            runs=False,
            epochs=False,
            spot_price=False,
            interruptions=False,
            shortest_session=1.0,
            cores=False,
            decoding=False,
            electricity_sd=0.0,
            purchase_sd=0.0,
            resale_sd=0.0,
            forgotten_chance=0.0,
        )

    @classmethod
    def only(cls, *names: str) -> Spreads:
        """Return spreads in which these inputs alone are uncertain, as by default.

        Raises
        ------
        ValueError
            When a name is not one of `SPREAD_SOURCES`.
        """
        unknown = [name for name in names if name not in SPREAD_SOURCES]
        if unknown:
            raise ValueError(f"no spread named {unknown[0]!r}; there is {', '.join(SPREAD_SOURCES)}")
        usual = cls()
        return replace(cls.none(), **{name: getattr(usual, name) for name in names})

    def described(self) -> tuple[tuple[str, str, str], ...]:
        """Return the name, the figure and the source of each spread that is switched on."""
        off = Spreads.none()
        return tuple(
            (each.name, _figure(getattr(self, each.name)), SPREAD_SOURCES[each.name])
            for each in fields(self)
            if each.name in SPREAD_SOURCES and getattr(self, each.name) != getattr(off, each.name)
        )


def _figure(value: float | bool) -> str:
    return "as stated" if value is True else figure(value, 6)


SPREAD_SOURCES: dict[str, str] = {
    "step_times": "the timing model's bands, checked on held-out CNNs and devices",
    "runs": "the project file",
    "epochs": "the project file",
    "spot_price": "uniform between the lowest and the highest price seen over the zones of a region at one date",
    "interruptions": "AWS's monthly bands over lifetimes of 1 to 730 h (assumed), waits fitted on traces "
    "(Wu et al., NSDI 2024); traces alone where no band is known",
    "shortest_session": "assumed: plans without a promise state no least session; users report cuts well before 12 h",
    "cores": "assumed: 80 % of the machines that do not state vcpu have a half to twice what is taken",
    "decoding": "80 % within a factor of 1.8: 12 decoders on 5 processors (imread-benchmark, arXiv:2605.08731, 2026)",
    "electricity_sd": (
        "assumed: two lists of household prices differ by 4 % for the USA and by a factor of two for Mexico, whose "
        "tariff has blocks"
    ),
    "purchase_sd": "assumed: shops and weeks differ",
    "resale_sd": "0.18: residual of the log of eBay's sold averages of 15 GeForce cards around their fall with age, "
    "2022-11 and 2023-11",
    "forgotten_chance": "assumed: one project in twenty leaves a machine on once, 12 h on average until it is seen",
}
"""Where each spread comes from."""
