"""The list of names that a project file may use: devices, accelerators, providers, regions, countries, price books."""

from __future__ import annotations

import textwrap

from cloudcost.catalog.aws.regions import regions
from cloudcost.catalog.books.book import book_names, load_book
from cloudcost.catalog.colab_rates import accelerators
from cloudcost.catalog.devices import devices
from cloudcost.catalog.own.electricity import electricity_countries
from cloudcost.catalog.providers import providers, regions_of
from cloudcost.catalog.stores.object_stores import cloud_regions, object_stores
from cloudcost.catalog.training.hosts import hosts

WIDTH = 80
"""Of the list. [characters]"""


def known_names() -> dict[str, tuple[str, ...]]:
    """Return the names of each sort, by the keys that take them.

    Examples
    --------
    >>> known_names()["option.accelerator of Colab"][0]
    'T4'
    """
    book = load_book()
    names = {
        "project.price_book": book_names(),
        "project.region, dataset.region of S3, option.region of ec2 and sagemaker": tuple(regions()),
        "option.device, training.hours_per_run_on": tuple(devices()),
        "option.host": tuple(hosts()),
        "option.accelerator of Colab": accelerators(),
        "option.provider of other clouds": tuple(each.name for each in providers()),
    }
    for each in providers():
        places = regions_of(each, book)
        if places:
            names[f"option.region of {each.name}"] = places
    for store in object_stores().values():
        names[f'dataset.region of location = "{store.location}"'] = tuple(cloud_regions(store.provider))
    names["option.country with a price of electricity"] = electricity_countries()
    return names


def known_names_text() -> str:
    """Return the names as a text of 80 columns: a heading for each sort, its names below."""
    parts = []
    for title, names in known_names().items():
        listed = textwrap.fill(
            "; ".join(names), WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False,
            break_long_words=False,
        )  # fmt: skip
        parts.append(f"{title}\n{listed}\n")
    parts.append(
        "Other spellings are known too (Tesla T4, DEU). Machine types are listed by\n"
        "cloudcost prices list --service AmazonEC2 (AmazonSageMaker, GCP ...), CNNs by\n"
        "cloudcost networks.\n"
    )
    return "\n".join(parts)
