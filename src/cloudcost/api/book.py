"""Questions to the whole price book from Python: the best machines for a project, and an answer without one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from cloudcost.analysis.choose.search import TOP
from cloudcost.analysis.choose.search import choose as choose_rows
from cloudcost.analysis.choose.wanted import wanted_of
from cloudcost.analysis.compare import context_of
from cloudcost.analysis.quick import QuickQuestion
from cloudcost.analysis.quick import quick as quick_answer
from cloudcost.api.asked import count_of, names_of, number_of, seed_of, text_of, usd_of
from cloudcost.api.compare import MOST_DRAWS
from cloudcost.api.days import day_or_none, today_or
from cloudcost.api.projects import ProjectLike, project_from
from cloudcost.catalog.own.electricity import require_country
from cloudcost.errors import InputError, repeated
from cloudcost.results.comparison import BookChoice, QuickAnswer

MOST_SHOWN = 1000
"""Rows of the book that an answer holds. [count]"""


def choose(
    project: ProjectLike,
    *,
    budget_usd: Decimal | float | str | None = None,
    max_hours: float | None = None,
    provider: str | Iterable[str] | None = None,
    region: str | Iterable[str] | None = None,
    gpu: str | Iterable[str] | None = None,
    purchase: str | Iterable[str] | None = None,
    top: int = TOP,
    draws: int = 0,
    seed: int = 1,
    today: date | str | None = None,
    as_of: date | str | None = None,
    allow_assumed: bool = True,
) -> BookChoice:
    """Return the best of the whole price book for a project beside its own options, as ``cloudcost choose`` does.

    Parameters
    ----------
    project : Project, str, Path or mapping
        A project, the path of its file, or its tables as `make_project` takes them.
    budget_usd : Decimal, number or str, optional
        Only what costs no more than this. [USD]
    max_hours : float, optional
        Only what is done in so many hours from the start. [h]
    provider, region, gpu, purchase : str or iterable of str
        Only these; a GPU has one of the names in its own, ``reserved`` stands for all of its kinds.
    top : int
        Rows of the book in the comparison. [count]
    draws, seed : int
        Of the scenarios; 0 draws for none.
    today : date or str, optional
        The clock's day unless given.
    as_of : date or str, optional
        Take prices, rates and machines as they were on this day.
    allow_assumed : bool
        Whether a price that is not known in a region may be assumed by the stated rule.

    Raises
    ------
    ProjectFileError
        With every fault of the project.
    InputError
        When a provider, region, GPU or purchase is not known; the message names the nearest.

    Examples
    --------
    >>> choice = choose({
    ...     "dataset": {"images": 60_000, "size": "6.6 GB"},
    ...     "training": {"network": "resnet50", "epochs": 3},
    ...     "option": {"name": "EC2", "kind": "ec2", "instance": "g4dn.xlarge"},
    ... }, gpu="T4", region="us-east-1", purchase="on-demand", top=3, today="2026-11-22")
    >>> choice.considered == choice.priced + sum(choice.left_out.values())
    True
    """
    day = today_or(today)
    made = project_from(project, today=day)
    context = context_of(made, today=day, as_of=day_or_none(as_of, name="as_of"), allow_assumed=allow_assumed)
    wanted = wanted_of(
        context.book,
        providers=names_of(provider, "provider"),
        regions=names_of(region, "region"),
        gpus=names_of(gpu, "gpu"),
        purchases=names_of(purchase, "purchase"),
        budget_usd=usd_of(budget_usd, "budget_usd"),
        max_hours=None if max_hours is None else number_of(max_hours, "max_hours", most=1e6),
    )
    shown, drawn = count_of(top, "top", least=1, most=MOST_SHOWN), count_of(draws, "draws", most=MOST_DRAWS)
    return choose_rows(made, context, wanted, top=shown, draws=drawn, seed=seed_of(seed))


def quick(
    network: str,
    *,
    images: int,
    epochs: int,
    runs: int,
    size: str = "",
    gpu: str = "",
    days: float = 4.0,
    batch: int = 32,
    image_px: int = 224,
    budget_usd: Decimal | float | str | None = None,
    country: str = "USA",
    watts: float | None = None,
    region: str = "us-east-1",
    today: date | str | None = None,
    as_of: date | str | None = None,
) -> QuickAnswer:
    """Return the answer to a question of a few words over the whole price book, as ``cloudcost quick`` does.

    Parameters
    ----------
    network : str
        A torchvision name, or a network JSON.
    images, epochs, runs : int
        Of the data set, of a run, and whole trainings until the result is acceptable. [count]
    size : str
        Of the data set, ``"7 GB"``; 110 kB an image unless given.
    gpu : str
        Your own, ``"RTX 4060 Laptop"``; without it the cloud alone.
    days : float
        Time that there is. [days]
    batch, image_px : int
        [images], [px]
    budget_usd : Decimal, number or str, optional
        Only what costs no more than this. [USD]
    country : str
        Whose electricity your machine takes.
    watts : float, optional
        Of your machine at the wall, where none is known of the GPU. [W]
    region : str
        Of AWS, where the data set lies.
    today : date or str, optional
        The clock's day unless given.
    as_of : date or str, optional
        Take prices, rates and machines as they were on this day.

    Raises
    ------
    InputError
        When the network, the GPU, the country or the region is not known, or a figure is none.

    Examples
    --------
    >>> answer = quick("resnet18", images=1000, epochs=2, runs=1, gpu="RTX 3060", today="2026-11-22")
    >>> answer.own, answer.choice.comparison.best is not None
    ('your RTX 3060', True)
    """
    if not isinstance(network, str):
        raise InputError(f"quick:network: no name, {repeated(network)}, give a text such as 'resnet50'")
    country = text_of(country, "country", "Mexico") or "USA"
    require_country(country, flag="country")
    question = QuickQuestion(
        network=network,
        images=count_of(images, "images", least=1, most=10**12),
        epochs=count_of(epochs, "epochs", least=1, most=10**6),
        runs=count_of(runs, "runs", least=1, most=10**6),
        size=text_of(size, "size", "7 GB"),
        gpu=text_of(gpu, "gpu", "RTX 3060"),
        days=number_of(days, "days", most=36_500),
        batch=count_of(batch, "batch", least=1, most=10**6),
        image_px=count_of(image_px, "image_px", least=1, most=65_536),
        budget_usd=usd_of(budget_usd, "budget_usd"),
        country=country,
        watts=None if watts is None else number_of(watts, "watts", most=36_500),
        region=text_of(region, "region", "us-east-1") or "us-east-1",
    )
    return quick_answer(question, today=today_or(today), as_of=day_or_none(as_of, name="as_of"))
