"""Rules about names that are labels, of machines and CNNs whose times and prices are stated: misspelt, it seems.

A label needs to be in no table, so it is no fault; but where it is much like a name that is, it was perhaps meant, and
then its price and its time would have been looked up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cloudcost.analysis.nonsense.rule import OptionRule, ProjectRule, Subject, Whole
from cloudcost.catalog.devices import devices, find_device
from cloudcost.catalog.instances import provider_of, type_names
from cloudcost.catalog.near import nearest
from cloudcost.catalog.providers import find_provider, providers, regions_of, sellers, types_of
from cloudcost.domain.kinds import facts_of
from cloudcost.networks.registry import is_factory, is_network_name, network_names

ALIKE = 0.9
"""Share of letters in common from which a label is taken for a misspelling; one letter of ten or so is wrong. [1]"""


def _labels(subject: Subject, limit: float) -> Iterator[str]:
    option = subject.option
    if facts_of(option).names_device and option.device and not find_device(option.device):
        yield from _like("device", option.device, tuple(devices()), limit)
    if not facts_of(option).is_listed:
        return
    book = subject.context.book
    if option.instance and not provider_of(option.instance) and not sellers(option.instance, book):
        sold = [*type_names("aws"), *(name for each in providers() for name in types_of(each, book))]
        yield from _like("instance", option.instance, sold, limit)
    provider = find_provider(option.provider or "")
    places = () if provider is None else regions_of(provider, book)
    if option.region and places and option.region not in places:
        yield from _like("region", option.region, places, limit)


def _networks(whole: Whole, limit: float) -> Iterator[str]:
    for training in whole.project.trainings:
        name = training.network
        if not name.endswith(".json") and not is_factory(name) and not is_network_name(name):
            yield from _like("network", name, network_names(), limit)


def _like(key: str, label: str, known: Sequence[str], limit: float) -> Iterator[str]:
    near = nearest(label, known, cutoff=limit)
    if near:
        yield f"{key} {label!r} is in no table and is taken as a name of your own; if {near[0]} is meant, correct it"


LABEL_RULES: tuple[OptionRule, ...] = (
    OptionRule(
        name="label like a known name", limit=ALIKE, unit="of the letters in common, above",
        reason="of ten letters one is wrong", found=_labels,
    ),
)  # fmt: skip
NETWORK_RULES: tuple[ProjectRule, ...] = (
    ProjectRule(
        name="CNN of stated times like a known name", limit=ALIKE, unit="of the letters in common, above",
        reason="of ten letters one is wrong", found=_networks,
    ),
)  # fmt: skip
