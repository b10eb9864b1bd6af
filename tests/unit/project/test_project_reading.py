"""What a faultless project file becomes."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples
from tests.projects import build_project

from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.domain.project import (
    Checkpoint,
    Count,
    Dataset,
    LocalMachine,
    Option,
    OptionKind,
    Project,
    Training,
)  # fmt: skip
from cloudcost.project.bundled import BUNDLED, DATA, bundled_project_text
from cloudcost.project.checks.combinations import rule_faults
from cloudcost.project.file import parse_project, read_project
from cloudcost.project.keys.facts import KINDS, kinds_with, needed_keys
from cloudcost.project.keys.option_table import OptionTable
from cloudcost.project.keys.tables import DatasetTable, ProjectTable, TrainingTable
from cloudcost.units import GB, parse_duration, parse_size

TODAY = date(2026, 11, 22)
REPOSITORY = Path(__file__).resolve().parents[3]
BASE = '[dataset]\nimages = 60000\nsize = "7 GB"\n[[training]]\nnetwork = "resnet50"\nepochs = 3\n'
OPTION = '[[option]]\nkind = "ec2"\ninstance = "g4dn.xlarge"\n'


def read(text: str) -> Project:
    return parse_project(text, name="small.toml", today=TODAY)


def option(lines: str) -> Option:
    return read(f"{BASE}[[option]]\n{lines}\n").options[0]


def runs(value: str) -> Count:
    return read(f"{BASE}runs = {value}\n{OPTION}").trainings[0].runs


def test_the_smallest_file_gets_the_defaults() -> None:
    assert read(BASE + OPTION) == build_project(
        Option(name="ec2 g4dn.xlarge", kind="ec2", instance="g4dn.xlarge"),
        name="small",
        start=TODAY,
        dataset=Dataset(images=60000, size_bytes=7 * GB),
        trainings=(
            Training(
                name="resnet50", network="resnet50", image_px=224, batch=32, epochs=Count.fixed(3), runs=Count.fixed(1)
            ),
        ),
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("12", Count.fixed(12)),
        ("{ low = 6, mode = 12, high = 21 }", Count(kind="range", expected=12, low=6, high=21, mean=13.0)),
        ("{ mean = 11.5 }", Count(kind="geometric", expected=12, low=12, high=12, mean=11.5)),
        (
            "{ mean = 12, dispersion = 2.5 }",
            Count(kind="negative-binomial", expected=12, low=12, high=12, mean=12.0, dispersion=2.5),
        ),
        ("[9, 12, 16]", Count(kind="list", expected=13, low=9, high=16, mean=37 / 3, values=(9, 12, 16))),
    ],
)
def test_every_form_of_a_count(value: str, expected: Count) -> None:
    assert runs(value) == expected


def test_money_stays_exact() -> None:
    project = read(f"[project]\ncredits_usd = 0.1\ntax_rate = 0.16\n{BASE}{OPTION}")
    assert (project.credits_usd, project.tax_rate) == (Decimal("0.1"), Decimal("0.16"))
    assert option('kind = "cloud"\ndevice = "T4"\nusd_per_hour = 1').usd_per_hour == Decimal(1)


@pytest.mark.parametrize("value", ["2026-12-01", '"2026-12-01"'])
def test_a_day_may_stand_in_quotes(value: str) -> None:
    assert read(f"[project]\nstart = {value}\n{BASE}{OPTION}").start == date(2026, 12, 1)


def test_a_data_set_may_be_a_folder() -> None:
    text = (BASE + OPTION).replace("images = 60000\nsize = ", "folder = ")
    assert read(text).dataset == Dataset(images=0, size_bytes=0, folder="7 GB")


def test_sizes_may_be_whole_bytes() -> None:
    assert read((BASE + OPTION).replace('"7 GB"', "123")).dataset.size_bytes == 123


@pytest.mark.parametrize(
    "value", ['{ to = "GLACIER", after_days = 30 }', '[{ to = "GLACIER", after_days = 30 }]'], ids=["table", "list"]
)
def test_one_lifecycle_rule_needs_no_list(value: str) -> None:
    text = BASE.replace("[[training]]", f"lifecycle = {value}\n[[training]]") + OPTION
    assert read(text).dataset.lifecycle == (LifecycleRule(storage_class="GLACIER", after_days=30),)


def test_a_checkpoint() -> None:
    saved = read(f'{BASE}checkpoint = {{ size = "1 MiB" }}\n{OPTION}').trainings[0].checkpoint
    assert saved == Checkpoint(size_bytes=2**20, every_epochs=1)


def test_epochs_may_be_left_out_where_the_hours_are_known() -> None:
    bare = (BASE + OPTION).replace("epochs = 3\n", "")
    assert read(bare + "hours_per_run = 6\n").trainings[0].epochs == Count.fixed(1)
    anchored = bare.replace("[[option]]", 'hours_per_run = 6\nhours_per_run_on = "T4"\n[[option]]')
    assert read(anchored).trainings[0].epochs == Count.fixed(1)


def test_trainings_without_names_are_numbered() -> None:
    again = '[[training]]\nnetwork = "resnet50"\nepochs = 1\n'
    named = '[[training]]\nname = "resnet50 #2"\nnetwork = "alexnet"\nepochs = 1\n'
    names = [training.name for training in read(BASE + again + named + OPTION).trainings]
    assert names == ["resnet50", "resnet50 #3", "resnet50 #2"]


@pytest.mark.parametrize(
    ("lines", "owned", "purchase"),
    [
        ("owned = true", True, None),
        ("purchase_usd = 1200.5", False, Decimal("1200.5")),
        ("purchase_usd = 1200\nowned = true", True, Decimal(1200)),
        ("purchase_usd = 1200\nowned = false", False, Decimal(1200)),
    ],
)
def test_a_machine_is_to_be_bought_unless_it_is_owned(lines: str, owned: bool, purchase: Decimal | None) -> None:
    machine = option(f'kind = "local"\ndevice = "RTX 3060"\ncountry = "MEX"\n{lines}').local
    assert machine == LocalMachine(owned=owned, purchase_usd=purchase, country="MEX")


def test_only_local_options_have_a_machine() -> None:
    assert option('kind = "colab"\naccelerator = "T4"').local is None


def test_options_without_names_say_what_they_are() -> None:
    assert option('kind = "colab"\naccelerator = "T4"').name == "colab T4"
    assert (
        option('kind = "local"\nowned = true\nwatts = 90\nhours_per_run = 6\ncountry = "MEX"').name == "local machine"
    )


def test_a_region_of_another_cloud_is_not_looked_up_among_awss() -> None:
    assert option('kind = "cloud"\ninstance = "g2-standard-4"\nregion = "europe-west4"').region == "europe-west4"


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_bytes(b"\xef\xbb\xbf" + (BASE + OPTION).encode())
    project = read_project(tmp_path / "small.toml", today=TODAY)
    assert (project.name, project.path) == ("small", str(tmp_path / "small.toml"))


def _as_file(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize(
    ("table", "value"), [(ProjectTable, Project), (DatasetTable, Dataset), (TrainingTable, Training),
                         (OptionTable, Option), (OptionTable, LocalMachine)],
)  # fmt: skip
def test_defaults_of_the_file_are_the_domains(table: type, value: type) -> None:
    """Defaults are stated in the tables; the domain's own are for those who build values in code."""
    given_by_the_domain = {f.name: f.default for f in dataclasses.fields(value) if f.default is not dataclasses.MISSING}
    compared = 0
    for key, field in table.model_fields.items():  # type: ignore[attr-defined]
        default = field.default
        if key in given_by_the_domain and not field.is_required() and key not in ("owned", "credits_usd"):
            assert _as_file(given_by_the_domain[key]) == default, key
            compared += 1
    assert compared >= 4


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_of_another_kind_is_refused_and_one_of_this_kind_is_not(kind: OptionKind) -> None:
    for key in OptionTable.model_fields.keys() - {"kind"}:
        faults = rule_faults({"option": [{"kind": kind, key: "x"}]})
        foreign = [fault for fault in faults if fault.place == ("option", 0, key) and "belong" in fault.what]
        assert bool(foreign) == (kind not in kinds_with(key)), key


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_that_a_kind_needs_is_missed(kind: OptionKind) -> None:
    told = {fault.place[-1]: fault.remedy for fault in rule_faults({"option": [{"kind": kind}]})}
    for key, example in needed_keys(kind).items():
        assert told[key] == f'add {key} = "{example}"'
        assert kind in kinds_with(key)


def test_the_kinds_of_options_need_what_names_their_machine() -> None:
    assert {kind: list(needed_keys(kind)) for kind in KINDS} == {
        "ec2": ["instance"], "sagemaker": ["instance"], "colab": ["accelerator"], "local": [], "cloud": [],
    }  # fmt: skip


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_files_are_valid(name: str) -> None:
    project = parse_project(bundled_project_text(name), name=f"{name}.toml", today=TODAY)
    assert project.trainings
    assert project.options


def test_every_bundled_file_is_known_by_its_name() -> None:
    assert sorted(BUNDLED) == sorted(path.stem for path in DATA.glob("*.toml"))
    with pytest.raises(KeyError):
        bundled_project_text("../reto")


def test_the_example_is_the_bundled_file() -> None:
    assert (REPOSITORY / "examples" / "reto.toml").read_text(encoding="utf-8") == bundled_project_text("reto")


def test_reto_tells_the_story() -> None:
    project = parse_project(bundled_project_text("reto"), name="reto.toml", today=TODAY)
    hours = sum(t.runs.expected * (t.hours_per_run or 0) for t in project.trainings)
    assert project.duration_seconds == parse_duration("4 days")
    assert all(t.hours_per_run == 6 for t in project.trainings)
    assert len(project.trainings) > 1
    assert 80 < hours < 96  # fills the four days of one machine
    assert {o.kind for o in project.options} == {"sagemaker", "ec2", "colab", "local"}
    assert project.dataset.versioning


def test_a_folder_of_modules_is_not_imported_to_read_bundled_text() -> None:
    code = (
        "import sys, cloudcost.project.bundled as b; b.bundled_project_text('reto'); import cloudcost.project.file;"
        "print([m for m in ('pydantic', 'numpy', 'pandas', 'scipy', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_only_a_file_with_faults_loads_pydantic_and_nothing_loads_more() -> None:
    code = (
        "import sys, datetime; from cloudcost.project.file import parse_project as p; "
        "from cloudcost.errors import ProjectFileError\n"
        "try: p('[dataset]', name='r', today=datetime.date(2026, 1, 1))\n"
        "except ProjectFileError: pass\n"
        "print([m for m in ('pydantic', 'numpy', 'pandas', 'scipy', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['pydantic']"


@settings(max_examples=examples(100), deadline=None)
@given(
    images=st.integers(1, 10**9),
    size=st.integers(1, 2**60),
    hours=st.integers(1, 24),
    usd=st.decimals(0, 10**6, places=4),
    counts=st.lists(st.integers(1, 10**6), min_size=1, max_size=5),
    name=st.text(st.characters(codec="utf-8", exclude_characters='\\"\x7f', min_codepoint=32), min_size=1, max_size=50),
)
def test_what_is_written_is_what_is_read(
    images: int, size: int, hours: int, usd: Decimal, counts: list[int], name: str
) -> None:
    project = read(
        f'[project]\nname = "{name}"\nduration = "{hours} hours"\ncredits_usd = {usd:f}\n'
        f"[dataset]\nimages = {images}\nsize = {size}\n"
        f'[[training]]\nnetwork = "alexnet"\nepochs = {counts[0]}\nruns = {counts}\n{OPTION}'
    )
    assert project.name == name
    assert project.credits_usd == usd
    assert project.duration_seconds == hours * 3600
    assert (project.dataset.images, project.dataset.size_bytes) == (images, size)
    assert (project.trainings[0].runs.values, project.trainings[0].epochs.expected) == (tuple(counts), counts[0])
    assert min(counts) <= project.trainings[0].runs.expected <= max(counts)


@settings(max_examples=examples(100), deadline=None)
@given(low=st.integers(1, 10**6), more=st.integers(0, 1000), most=st.integers(0, 1000))
def test_a_range_keeps_its_bounds(low: int, more: int, most: int) -> None:
    low = min(low, 10**6 - 2000)
    count = runs(f"{{ low = {low}, mode = {low + more}, high = {low + more + most} }}")
    assert (count.low, count.expected, count.high) == (low, low + more, low + more + most)
    assert low <= count.mean <= low + more + most


def test_a_shard_size_is_128_mib_unless_said() -> None:
    assert read(BASE + OPTION).dataset.shard_size_bytes == parse_size("128 MiB")
