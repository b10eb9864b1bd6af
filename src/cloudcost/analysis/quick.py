"""A question of a few words as a whole project, and its answer over the whole price book."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from math import ceil

from cloudcost.analysis.choose.search import choose
from cloudcost.analysis.choose.wanted import Wanted
from cloudcost.analysis.compare import context_of
from cloudcost.analysis.matters.what_matters import what_matters
from cloudcost.catalog.devices import device
from cloudcost.domain.project import Project
from cloudcost.errors import CatalogError, InputError
from cloudcost.figures import figure
from cloudcost.frozen import dataclass
from cloudcost.options.model import Context
from cloudcost.project.file import parse_project
from cloudcost.project.written import quoted
from cloudcost.results.comparison import BookChoice, QuickAnswer

MEAN_IMAGE_BYTES = 110_000
"""Of an image where no size is told: ImageNet's 1,281,167 training images are 138 GB as JPEG. [bytes]"""
PURCHASES = ("on-demand", "spot")
"""Who asks in a few words commits to no year."""
TOP = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickQuestion:
    """What a newcomer knows.

    Parameters
    ----------
    network : str
    images, epochs, runs : int
        [count]
    size : str
        Of the data set, with its unit; empty where it is not known.
    gpu : str
        The own one's name; empty for the cloud alone.
    gpus : int
        Of that name in the own machine. [count]
    days : float
        [days]
    batch, image_px : int
    budget_usd : Decimal or None
        [USD]
    country : str
        Whose electricity the own machine takes.
    watts : float or None
        Of the own machine at the wall; None for what is known of the GPU. [W]
    region : str
        Of AWS, where the data set lies.
    currency : (str, str) or None
        Code of a second currency, and what one US dollar is in it.
    """

    network: str
    images: int
    epochs: int
    runs: int
    size: str = ""
    gpu: str = ""
    gpus: int = 1
    days: float = 4.0
    batch: int = 32
    image_px: int = 224
    budget_usd: Decimal | None = None
    country: str = "USA"
    watts: float | None = None
    region: str = "us-east-1"
    currency: tuple[str, str] | None = None


def project_text(question: QuickQuestion) -> str:
    """Return the project file that a question stands for.

    Raises
    ------
    InputError
        When there is no GPU of that name.

    Examples
    --------
    >>> print(project_text(QuickQuestion(network="resnet50", images=1000, epochs=3, runs=2)).splitlines()[7])
    size = "110 MB"  # assumed: 110 kB an image
    """
    each = image_bytes(question.image_px)
    told = question.size or f"{question.images * each / 1e6:.15g} MB"
    assumed = "" if question.size else f"  # assumed: {figure(each / 1000)} kB an image"
    rows = [
        "[project]",
        'name = "quick"',
        f"region = {_quoted(question.region)}",
        f'duration = "{question.days:.15g} days"',
        *([] if question.currency is None else [_shown(*question.currency)]),
        "",
        "[dataset]",
        f"images = {question.images}",
        f"size = {_quoted(told)}{assumed}",
        "",
        "[[training]]",
        f"network = {_quoted(question.network)}",
        f"image_px = {question.image_px}",
        f"batch = {question.batch}",
        f"epochs = {question.epochs}",
        f"runs = {question.runs}",
    ]
    if question.gpu:
        try:
            known = device(question.gpu)
        except CatalogError as error:
            raise InputError(f"--gpu: {error}") from None
        rows += ["", *_own(known.name, question)]
    return "\n".join(rows) + "\n"


def image_bytes(image_px: int) -> int:
    """Return the bytes that an image is taken to have: ImageNet's mean, less where images of fewer pixels are trained.

    Examples
    --------
    >>> image_bytes(224), image_bytes(512), image_bytes(32)
    (110000, 110000, 2244)
    """
    return min(MEAN_IMAGE_BYTES, max(MEAN_IMAGE_BYTES * image_px**2 // 224**2, 500))


def _shown(code: str, rate: str) -> str:
    return f"show_currency = {{code = {_quoted(code)}, rate = {rate}}}"


def _own(name: str, question: QuickQuestion) -> list[str]:
    country, watts, several = question.country, question.watts, question.gpus > 1
    return [
        "[[option]]",
        f"name = {_quoted(f'your {question.gpus} x {name}' if several else f'your {name}')}",
        'kind = "local"',
        f"device = {_quoted(name)}",
        *([f"gpus = {question.gpus}"] if several else []),
        "owned = true",
        f"country = {_quoted(country)}  # for the price of electricity",
        *([] if watts is None else [f"watts = {watts:.15g}"]),
    ]


def _quoted(text: str) -> str:
    """Return a text as TOML writes it, what cannot be shown as a question mark."""
    return quoted("".join(each if each.isprintable() else "?" for each in text))


def quick(
    question: QuickQuestion, *, today: date, as_of: date | None = None, draws: int = 500, seed: int = 1
) -> QuickAnswer:
    """Return the answer to a question: the best of the whole book beside the own machine.

    Raises
    ------
    InputError
        When the network cannot be read, there is no GPU of that name, or a figure is none.
    """
    text = project_text(question)
    with_one = text if question.gpu else text + _STAND_IN
    project = parse_project(with_one, name="quick", today=today)
    if not question.gpu:
        project = replace(project, options=())
    wanted = Wanted(purchases=PURCHASES, budget_usd=question.budget_usd)
    context = context_of(project, today=today, as_of=as_of)
    choice = choose(project, context, wanted, top=TOP, draws=draws, seed=seed, one_of_each=True)
    asked = choice.comparison.project
    matters = what_matters(asked, context, estimates=choice.comparison.options, with_suggestions=False)
    eased = None if choice.comparison.best is not None else _eased(project, context, draws, seed)
    return QuickAnswer(
        choice=choice, flips=matters.flips, own=_own_name(project), project_text=_saved(text, asked), eased=eased
    )


_A_YEAR = 365 * 86_400
"""In which the fastest machine is looked for where the time asked for is too short for all. [s]"""


def _eased(project: Project, context: Context, draws: int, seed: int) -> BookChoice | None:
    """Return the choice without a budget, in the time asked for, else in the least whole days that any takes."""
    anything = Wanted(purchases=PURCHASES)
    within = choose(project, context, anything, top=1, draws=draws, seed=seed, one_of_each=True)
    if within.comparison.best is not None:
        return within
    a_year = replace(project, duration_seconds=max(_A_YEAR, project.duration_seconds))
    hours = [each.calendar_hours for each in choose(a_year, context, anything, top=1, draws=0).front]
    if not hours:
        return None
    days = ceil(min(hours) / 24)
    eased = choose(replace(project, duration_seconds=days * 86_400), context, anything, top=1, draws=draws, seed=seed)
    return eased if eased.comparison.best is not None else None


_STAND_IN = '\n[[option]]\nname = "x"\nkind = "ec2"\ninstance = "g4dn.xlarge"\n'
"""A project file needs an option, and a question without a GPU has none yet."""


def _own_name(project: Project) -> str:
    return project.options[0].name if project.options else ""


def _saved(text: str, project: Project) -> str:
    """Return the project file with the options that were shown."""
    rows: list[str] = []
    for option in project.options:
        if option.local is not None:
            continue
        rows += ["", "[[option]]", f"name = {_quoted(option.name)}", f'kind = "{option.kind}"']
        for key in ("provider", "instance", "region", "accelerator"):
            value = getattr(option, key)
            if value is not None:
                rows.append(f"{key} = {_quoted(value)}")
        if option.accelerator is not None:
            rows.append(f"plan = {_quoted(option.plan)}")
        if option.purchase != "on-demand":
            rows.append(f"purchase = {_quoted(option.purchase)}")
    return text + "\n".join(rows) + "\n"
