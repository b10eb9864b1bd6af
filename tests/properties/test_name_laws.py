"""Laws of names: what no table knows is a fault that names its key, and so is a key that an option's kind needs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cloudcost.analysis.compare import compare
from cloudcost.catalog.aws.regions import regions
from cloudcost.catalog.aws.services import service_aliases
from cloudcost.catalog.aws.support import support_plans
from cloudcost.catalog.books.book import book_names, load_book
from cloudcost.catalog.colab_rates import accelerators, is_accelerator
from cloudcost.catalog.devices import devices, find_device
from cloudcost.catalog.instances import provider_of, type_names
from cloudcost.catalog.own.electricity import country_spellings, find_country
from cloudcost.catalog.providers import find_provider, providers, regions_of, sells, types_of
from cloudcost.catalog.training.hosts import hosts
from cloudcost.errors import ProjectFileError
from cloudcost.networks.registry import is_factory, is_network_name, network_names
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.describe.schema import project_schema
from cloudcost.project.file import checked_tables, parse_project
from cloudcost.project.keys.facts import key_forms
from cloudcost.project.keys.tables import MODELS

BOOK = load_book()
BUNDLED = bundled_project_text("reto")
Raw = dict[str, Any]

BASE = tomllib.loads(
    """
[project]
name = "p"
region = "us-east-1"
price_book = "aws-2026-11"
support_plan = "business+"
[dataset]
images = 60000
size = "7 GB"
storage_class = "STANDARD"
reader = "copy"
location = "s3"
region = "us-west-2"
restore = "Standard"
encryption = "SSE-KMS"
lifecycle = { to = "GLACIER", after_days = 30 }
[[training]]
network = "resnet50"
epochs = 3
precision = "amp"
stack = "torch"
optimizer = "adam"
hours_per_run = 6
hours_per_run_on = "T4"
[[option]]
kind = "ec2"
instance = "g4dn.xlarge"
region = "us-east-2"
purchase = "spot"
reader = "copy"
[[option]]
kind = "sagemaker"
instance = "ml.g4dn.xlarge"
notebook_instance = "ml.t3.medium"
notebook_hours = 4
input_mode = "FastFile"
[[option]]
kind = "colab"
accelerator = "T4"
plan = "pro"
[[option]]
kind = "local"
purchase_usd = 1200
charge = "share"
device = "RTX 3060"
country = "MEX"
host = "desktop"
[[option]]
kind = "cloud"
provider = "gcp"
instance = "g2-standard-4"
region = "us-central1"
[[option]]
name = "own"
kind = "cloud"
device = "T4"
usd_per_hour = 0.35
[[left_on]]
service = "AmazonEC2"
usage_type = "EBS:VolumeUsage.gp3"
region = "us-west-2"
option = "own"
""",
    parse_float=Decimal,
)
"""A file that uses every key that names something, for each kind that has it."""


def _aws(prefix: str) -> Callable[[str], bool]:
    return lambda name: name.startswith("ml.") == bool(prefix) and provider_of(name) == "aws"


def _choices(table: str, key: str) -> tuple[str, ...]:
    return tuple(project_schema()["$defs"][table]["properties"][key]["enum"])


GCP = next(each for each in providers() if each.name == "gcp")
AWS_TYPES = type_names("aws")
Place = tuple[str | int, ...]
NAMED: Mapping[Place, tuple[tuple[str, ...], Callable[[str], bool]]] = {
    ("project", "region"): (tuple(regions()), lambda name: name in regions()),
    ("project", "price_book"): (book_names(), lambda name: name in book_names()),
    ("project", "support_plan"): (support_plans(), lambda name: name in support_plans()),
    ("dataset", "region"): (tuple(regions()), lambda name: name in regions()),
    ("training", 0, "network"): (
        network_names(), lambda name: is_network_name(name) or is_factory(name) or name.endswith(".json")
    ),
    ("training", 0, "hours_per_run_on"): (tuple(devices()), lambda name: find_device(name) is not None),
    ("option", 0, "instance"): (AWS_TYPES, _aws("")),
    ("option", 0, "region"): (tuple(regions()), lambda name: name in regions()),
    ("option", 1, "instance"): (tuple(f"ml.{name}" for name in AWS_TYPES), _aws("ml.")),
    ("option", 1, "notebook_instance"): (tuple(f"ml.{name}" for name in AWS_TYPES), _aws("ml.")),
    ("option", 2, "accelerator"): (accelerators(), is_accelerator),
    ("option", 3, "device"): (tuple(devices()), lambda name: find_device(name) is not None),
    ("option", 3, "host"): (tuple(hosts()), lambda name: name in hosts()),
    ("option", 3, "country"): (country_spellings(), lambda name: find_country(name) is not None),
    ("option", 4, "provider"): (("gcp",), lambda name: find_provider(name) is not None),
    ("option", 4, "instance"): (types_of(GCP, BOOK), lambda name: sells(GCP, name, BOOK)),
    ("option", 4, "region"): (regions_of(GCP, BOOK), lambda name: name in regions_of(GCP, BOOK)),
    ("option", 5, "device"): (tuple(devices()), lambda name: find_device(name) is not None),
    ("left_on", 0, "service"): (("AmazonEC2",), lambda name: name in {*BOOK.services(), *service_aliases()}),
    ("left_on", 0, "usage_type"): (
        ("EBS:VolumeUsage.gp3", "EBS:VolumeUsage.gp2"),
        lambda name: name in {key for key, _ in BOOK.keys("AmazonEC2", "us-west-2")},
    ),
    ("left_on", 0, "region"): (tuple(regions()), lambda name: name in regions()),
    ("left_on", 0, "option"): (("own",), lambda name: name == "own"),
}  # fmt: skip
"""By key: names that it takes, and whether it takes a name."""
CHOSEN: Mapping[Place, tuple[str, str]] = {
    ("dataset", "storage_class"): ("DatasetTable", "storage_class"),
    ("dataset", "reader"): ("DatasetTable", "reader"),
    ("dataset", "location"): ("DatasetTable", "location"),
    ("dataset", "restore"): ("DatasetTable", "restore"),
    ("dataset", "encryption"): ("DatasetTable", "encryption"),
    ("option", 1, "input_mode"): ("OptionTable", "input_mode"),
    ("dataset", "lifecycle", "to"): ("LifecycleTable", "to"),
    ("training", 0, "precision"): ("TrainingTable", "precision"),
    ("training", 0, "stack"): ("TrainingTable", "stack"),
    ("training", 0, "optimizer"): ("TrainingTable", "optimizer"),
    ("option", 0, "kind"): ("OptionTable", "kind"),
    ("option", 0, "purchase"): ("OptionTable", "purchase"),
    ("option", 0, "reader"): ("OptionTable", "reader"),
    ("option", 2, "plan"): ("OptionTable", "plan"),
    ("option", 3, "charge"): ("OptionTable", "charge"),
}
LABELS = {"name", "folder", "profile"}
"""Keys of texts that are in no table: names of the user's own, and paths."""
ELSEWHERE = {"freeze", "operation", "code", "disk_type"}
"""Names that only some usage types have, a word beside numbers, a currency, disks of providers: each has tests."""


LISTED = re.compile(r"(it is|use) one of |there is | lists (all|them)")
"""What a fault says of all the names that there are: the names, or the command that lists them."""
SPELT = re.compile(r', write "(ml\.)?[a-z0-9-]+\.[a-z0-9-]+"$')
"""What is told of a type of EC2 under SageMaker, and the other way round."""
ELSEWHERE_SOLD = "a machine type of "
"""What is told of a name that is known, of another provider."""


def changed(place: Place, value: object) -> Raw:
    """Return the base with one value changed; with None, without that key."""
    raw: Any = {
        key: [dict(row) for row in rows] if isinstance(rows, list) else dict(rows) for key, rows in BASE.items()
    }
    raw["dataset"]["lifecycle"] = dict(raw["dataset"]["lifecycle"])
    table = raw
    for part in place[:-1]:
        table = table[part]
    if value is None:
        del table[place[-1]]
    else:
        table[place[-1]] = value
    whole: Raw = raw
    return whole


def faults(raw: Raw) -> tuple[str, ...]:
    try:
        checked_tables(raw, file="p.toml")
    except ProjectFileError as error:
        return error.faults
    return ()


def written(place: Place) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")


@st.composite
def misspelt(draw: st.DrawFn, names: tuple[str, ...]) -> str:
    """Return one of the names with one letter left out, put in, changed, or two in each other's place."""
    name = draw(st.sampled_from(names))
    at = draw(st.integers(0, len(name) - 1))
    letter = draw(st.sampled_from("abcdefghijklmnopqrstuvwxyzXYZ0123456789.-"))
    match draw(st.integers(0, 3)):
        case 0:
            return name[:at] + name[at + 1 :]
        case 1:
            return name[:at] + letter + name[at:]
        case 2:
            return name[:at] + letter + name[at + 1 :]
        case _:
            return name[:at] + name[at : at + 2][::-1] + name[at + 2 :]


def test_the_base_has_no_fault_and_every_name_is_taken() -> None:
    assert faults(BASE) == ()
    for place, (names, _) in NAMED.items():
        for name in names[:: max(len(names) // 20, 1)]:
            assert faults(changed(place, name)) == (), (place, name)


def test_every_key_of_a_text_is_a_name_a_choice_or_a_label() -> None:
    """A new key of the project file has its place here, and its names are looked up."""
    known = {place[-1] for place in (*NAMED, *CHOSEN)} | LABELS | ELSEWHERE
    keys = {key for table in MODELS for key, form in key_forms(table).items() if form in ("text", "choice")}
    assert keys - known == set()


@pytest.mark.parametrize("place", NAMED, ids=written)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_misspelt_name_is_a_fault_that_names_its_key(place: Place, data: st.DataObject) -> None:
    names, takes = NAMED[place]
    name = data.draw(misspelt(names))
    assume(name and not takes(name))
    told = [line for line in faults(changed(place, name)) if line.startswith(f"p.toml:{written(place)}: ")]
    assert told, name
    assert all(
        ELSEWHERE_SOLD in line or SPELT.search(line) or LISTED.search(line) or len(names) == 1 for line in told
    ), told


@pytest.mark.parametrize("place", CHOSEN, ids=written)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_a_misspelt_choice_is_a_fault_that_names_its_key(place: Place, data: st.DataObject) -> None:
    choices = _choices(*CHOSEN[place])
    name = data.draw(misspelt(choices))
    assume(name not in choices)
    told = [line for line in faults(changed(place, name)) if line.split(": ")[0].endswith(str(place[-1]))]
    assert told
    assert any(LISTED.search(line) for line in told), told


NEEDED: tuple[tuple[Place, str], ...] = (
    (("option", 0, "instance"), "instance"),
    (("option", 1, "instance"), "instance"),
    (("option", 1, "notebook_instance"), "notebook_instance"),
    (("option", 1, "notebook_hours"), "notebook_hours"),
    (("option", 2, "accelerator"), "accelerator"),
    (("option", 3, "purchase_usd"), "purchase_usd"),
    (("option", 3, "device"), "device"),
    (("option", 3, "country"), "electricity_usd_per_kwh"),
    (("option", 4, "instance"), "instance"),
    (("option", 4, "region"), "region"),
    (("option", 5, "device"), "instance"),
    (("option", 5, "usd_per_hour"), "instance"),
    (("option", 0, "kind"), "kind"),
    (("training", 0, "network"), "network"),
    (("training", 0, "hours_per_run_on"), "hours_per_run_on"),
    (("dataset", "images"), "images"),
    (("dataset", "size"), "size"),
    (("left_on", 0, "service"), "service"),
    (("left_on", 0, "usage_type"), "usage_type"),
)


@pytest.mark.parametrize(("place", "key"), NEEDED, ids=[written(place) for place, _ in NEEDED])
def test_a_file_without_a_needed_key_is_a_fault_that_names_it(place: Place, key: str) -> None:
    told = faults(changed(place, None))
    assert f"p.toml:{written((*place[:-1], key))}: missing, no value, add " in "\n".join(told)


@settings(max_examples=25, deadline=None)
@given(st.sets(st.sampled_from(sorted(NAMED, key=str)), min_size=2, max_size=6))
def test_all_names_that_are_not_known_are_told_at_once(places: set[Place]) -> None:
    cloud = {("option", 4, key) for key in ("provider", "instance", "region")}
    assume(not cloud <= places)  # whose region it is tells the provider, or else the type
    assume(
        len({("left_on", 0, key) for key in ("service", "usage_type", "region")} & places) <= 1
    )  # one tells the next
    raw: Any = changed(("project", "name"), "p")
    for place in places:
        table = raw
        for part in place[:-1]:
            table = table[part]
        table[place[-1]] = ("ml." if str(table[place[-1]]).startswith("ml.") else "") + "no.such.thing.at.all"
    told = "\n".join(faults(raw))
    assert all(f"p.toml:{written(place)}: " in told for place in places)


@pytest.mark.parametrize("provider", [each.name for each in providers()])
@pytest.mark.parametrize("priced", [False, True])
def test_a_region_of_another_cloud_is_looked_up_refused_or_said_to_change_nothing(
    provider: str, *, priced: bool
) -> None:
    seller = find_provider(provider)
    assert seller is not None
    raw = changed(("option", 4, "provider"), provider)
    option = raw["option"][4]
    option["instance"] = types_of(seller, BOOK)[0]
    option["region"] = "nowhere-1"
    if priced:
        option["usd_per_hour"] = Decimal("0.5")
    told = [line for line in faults(raw) if ".region: " in line]
    if not priced:
        [line] = told
        one = "has one price for all its regions"
        assert (one in line and "remove region" in line) if not regions_of(seller, BOOK) else LISTED.search(line)
        return
    assert told == []
    project = parse_project(
        BUNDLED.partition("[[option]]")[0] + f"""
[[option]]
name = "o"
kind = "cloud"
provider = "{provider}"
instance = "{option["instance"]}"
region = "nowhere-1"
usd_per_hour = 0.5
hours_per_run = 1
""",
        name="p.toml", today=date(2026, 11, 22),
    )  # fmt: skip
    [estimate] = compare(project, today=date(2026, 11, 22)).options
    assert any("region = 'nowhere-1' changes nothing" in said for said in estimate.assumptions)
