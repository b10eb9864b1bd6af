"""The pass over a project that warns of what makes no sense."""

from __future__ import annotations

import runpy
from datetime import date
from pathlib import Path

import pytest

from cloudcost.analysis.compare import compare
from cloudcost.analysis.nonsense import OPTION_RULES, PROJECT_RULES, OptionRule, ProjectRule
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.file import parse_project

DOCS = Path(__file__).resolve().parents[4] / "docs" / "reference"
TODAY = date(2026, 11, 22)
SOUND = """
[project]
name = "sound"
duration = "20 days"
[dataset]
images = 60000
size = "7 GB"
[[training]]
network = "resnet50"
epochs = 38
"""
EC2 = '[[option]]\nname = "cloud"\nkind = "ec2"\ninstance = "g4dn.xlarge"\n'


PC = '[[option]]\nname = "PC"\nkind = "local"\ndevice = "RTX 3060"\ncountry = "DEU"\nvcpu = 8\n'
OWNED = PC + "owned = true\n"
BOUGHT = PC + "purchase_usd = 1500\nresale = 0.5\n"
POWERED = OWNED.replace('country = "DEU"', "electricity_usd_per_kwh = {}")
OTHER = '[[option]]\nname = "other"\nkind = "cloud"\ndevice = "T4"\nusd_per_hour = {}\n'
THROUGHPUT = '[[left_on]]\nservice = "AmazonEC2"\nusage_type = "EBS:VolumeP-Throughput.gp3"\n'
COLAB = '[[option]]\nname = "colab"\nkind = "colab"\naccelerator = "{}"\n'
Edit = str | tuple[str, str]
EPOCHS = "epochs = 38\n"
STATED_TIME = "hours_per_run = 6\n"
STATED = STATED_TIME + "watts = 300\n"


def _after_epochs(line: str) -> Edit:
    return EPOCHS, EPOCHS + line + "\n"


def _from(start: str, text: str) -> str:
    return text.replace("[project]", f"[project]\nstart = {start}")


def _project(line: str) -> Edit:
    return 'duration = "20 days"\n', f'duration = "20 days"\n{line}\n'


EXAMPLES: dict[str, tuple[Edit, Edit, str]] = {
    "bytes an image, too few": (("7 GB", "6 MB"), ("7 GB", "5.9 MB"), "bytes an image"),
    "bytes an image, too many": (("7 GB", "6 TB"), ("7 GB", "6.1 TB"), "MB an image"),
    "checkpoint smaller than the weights": (
        _after_epochs('checkpoint = { size = "98 MB" }'), _after_epochs('checkpoint = { size = "1 B" }'),
        "a checkpoint of 1 byte is smaller than the weights, 102 MB",
    ),
    "checkpoint far larger than the weights": (
        _after_epochs('checkpoint = { size = "307 MB" }'), _after_epochs('checkpoint = { size = "2.1 GB" }'),
        "times the weights",
    ),
    "checkpoint later than the end": (
        _after_epochs('checkpoint = { size = "205 MB", every_epochs = 38 }'),
        _after_epochs('checkpoint = { size = "205 MB", every_epochs = 39 }'),
        "the only one is written at the end",
    ),
    "epochs": (("epochs = 38", "epochs = 1000"), ("epochs = 38", "epochs = 38000"), "38,000 epochs"),
    "runs": (_after_epochs("runs = 100"), _after_epochs("runs = 60000"), "60,000 runs"),
    "pixels": (_after_epochs("image_px = 512"), _after_epochs("image_px = 5000"), "5,000 x 5,000 pixels"),
    "validation images": (
        _after_epochs("validation_images = 60000"), _after_epochs("validation_images = 600001"),
        "600,001 validation images",
    ),
    "uploads and downloads": (
        ('size = "7 GB"', 'size = "7 GB"\ndownloads = 10'), ('size = "7 GB"', 'size = "7 GB"\ndownloads = 6000'),
        "downloads = 6,000",
    ),
    "months kept": (_project("keep_months = 120"), _project("keep_months = 240"), "for 20 years"),
    "provisioned throughput left on": (
        THROUGHPUT + "quantity = 20\n", THROUGHPUT + "quantity = 125\n", "125 take 63 volumes at least; divide MiB/s",
    ),
    "measured hours far from the model's": (
        _after_epochs('hours_per_run = 8\nhours_per_run_on = "T4"'),
        _after_epochs('hours_per_run = 360\nhours_per_run_on = "T4"'),
        "times slower than the timing model's",
    ),
    "tax": (_project("tax_rate = 0.27"), _project("tax_rate = 0.9"), "tax_rate = 0.9 is 90 %"),
    "batch above the images": (
        ("images = 60000", "images = 600"), ("images = 60000", "images = 10"), "more than the 10 images",
    ),
    "machines with nothing to do": (
        _project("machines = 1"), _project("machines = 10000"), "9,999 have nothing to do",
    ),
    "stated times far from the model's": (
        "hours_per_run = 1", "hours_per_run = 0.0001", "times faster than the timing model's",
    ),
    "notebook hours beyond the project": (
        'notebook_instance = "ml.t3.medium"\nnotebook_hours = 480',
        'notebook_instance = "ml.t3.medium"\nnotebook_hours = 481',
        "the notebook is on for 481 h",
    ),
    "training and idle hours beyond a day": (
        "idle_hours_per_day = 12", "idle_hours_per_day = 24", "idle, which makes a day of 24.3 h",
    ),
    "idle hours that nothing counts": (OWNED, OWNED + "idle_hours_per_day = 1", "changes nothing here"),
    "start-up time": ("startup_minutes = 30", "startup_minutes = 300", "5 h before each run"),
    "set-up beyond the project": (
        OWNED + "setup_hours = 8", OWNED + "setup_hours = 800", "longer than the project's 20 days",
    ),
    "watts below the card's own power": (OWNED + "watts = 200", OWNED + "watts = 1", "watts = 1 is less than"),
    "watts far above the card's power": (OWNED + "watts = 800", OWNED + "watts = 9000", "33.3 times the 270 W"),
    "idle watts above working watts": (
        OWNED + "watts = 300\nidle_watts = 60", OWNED + "watts = 300\nidle_watts = 5000", "electricity costs nothing",
    ),
    "GPUs in one machine": (OWNED + "gpus = 8", OWNED + "gpus = 1024", "gpus = 1,024 in one machine"),
    "cores in one machine": (OWNED, OWNED.replace("vcpu = 8", "vcpu = 4000"), "vcpu = 4,000 in one machine"),
    "life shorter than a year": (BOUGHT, BOUGHT + "lifetime_years = 0.001", "lifetime_years = 0.001 is under 1"),
    "life longer than any": (BOUGHT, BOUGHT + "lifetime_years = 100", "lifetime_years = 100 is over 15"),
    "hardly used": (
        BOUGHT + 'charge = "share"', BOUGHT + 'charge = "share"\nutilisation = 0.001', "8.76 h of use a year",
    ),
    "sold for what it cost": (
        BOUGHT, BOUGHT.replace("resale = 0.5", "resale = 1.0"), "so that buying it costs nothing",
    ),
    "cooling": (OWNED + "pue = 1.6", OWNED + "pue = 10", "pue = 10 multiplies"),
    "an hour of a person or of the machine": (OWNED + "wage = 60", OWNED + "wage = 60000", "wage = 60,000.00 USD"),
    "a machine for nothing": (BOUGHT, BOUGHT.replace("1500", "0"), "purchase_usd = 0 buys"),
    "a machine for a fortune": (BOUGHT, BOUGHT.replace("1500", "150000"), "times what 1 x RTX 3060 cost at launch"),
    "an hour for nothing": (OTHER.format(0.2), OTHER.format(0), "usd_per_hour = 0 takes the machine as free"),
    "an hour for a fortune": (OTHER.format(2), OTHER.format(526), "over 50 USD for each of 1 GPUs"),
    "electricity for nothing": (POWERED.format(0.1), POWERED.format(0), "takes electricity as free"),
    "electricity for a fortune": (POWERED.format(0.4), POWERED.format(1000), "more than households pay"),
    "a rate seen long ago": (
        COLAB.format("T4"), COLAB.format("V100"),
        "the 4.91 compute units an hour of V100 were last seen on 2024-04-10, 31 months before 2026-11-22",
    ),
    "terms seen long after": (
        (SOUND, _from("2025-10-01", SOUND) + COLAB.format("T4")),
        (SOUND, _from("2025-06-01", SOUND) + COLAB.format("T4")),
        "over 12 months later: sessions and terms of plan pay-as-you-go (2026-09-27), the disk beside T4 (2026-07-01)",
    ),
    "a device before its launch": (
        (SOUND, _from("2021-02-01", SOUND) + OWNED), (SOUND, _from("2020-11-01", SOUND) + OWNED),
        "device = 'RTX 3060' on 2020-11-01: the RTX 3060 was launched on 2021-0",
    ),
    "credits that pay for all": (
        _project("credits_usd = 1"), _project("credits_usd = 1000000"), "pay for all that is charged",
    ),
    "a line that is not the machine": (
        OWNED, OWNED + 'reader = "stream"', "over half of the total is traffic (DataTransfer-Out-Bytes)",
    ),
    "label like a known name": (
        OWNED.replace("RTX 3060", "the grey box") + STATED, OWNED.replace("RTX 3060", "RTX 30600") + STATED,
        "device 'RTX 30600' is in no table",
    ),
    "CNN of stated times like a known name": (
        (EPOCHS + EC2, EPOCHS + EC2 + STATED_TIME),
        (f'network = "resnet50"\n{EPOCHS}{EC2}', f'network = "resnet500"\n{EPOCHS}{EC2}{STATED_TIME}'),
        "network 'resnet500' is in no table",
    ),
}  # fmt: skip
"""By rule: an edit that makes sense, one that does not, and what is told of the second alone."""


def warned(text: str) -> list[str]:
    """Return what a project is warned of, old prices and the volumes of 20 days beside one run left out."""
    told = compare(parse_project(text, name="p.toml", today=TODAY), today=TODAY).warnings
    return [each for each in told if "months old" not in each and "half of the total is volumes" not in each]


def test_a_project_that_makes_sense_is_not_warned_of() -> None:
    assert warned(SOUND + EC2) == []


@pytest.mark.parametrize("name", ["reto"])
def test_a_bundled_project_is_not_warned_of(name: str) -> None:
    assert warned(bundled_project_text(name)) == []


def test_the_documented_rules_are_those_of_the_program() -> None:
    made = runpy.run_path(str(DOCS / "make_warnings.py"))
    text = made["PAGE"].read_text(encoding="utf-8")
    assert text == made["page"](text), "run docs/reference/make_warnings.py"


def test_each_rule_has_a_name_of_its_own_a_limit_and_a_reason() -> None:
    rules = (*PROJECT_RULES, *OPTION_RULES)
    assert len({rule.name for rule in rules}) == len(rules)
    assert all(rule.limit > 0 and rule.unit and rule.reason for rule in rules)


@pytest.mark.parametrize("rule", [*PROJECT_RULES, *OPTION_RULES], ids=lambda rule: rule.name)
def test_each_rule_finds_the_nonsense_that_it_is_for(rule: ProjectRule | OptionRule) -> None:
    """Every rule has an example here: an edit of a sound project, on both sides of the rule's limit."""
    sound, odd, said = EXAMPLES[rule.name]
    told = warned(SOUND + EC2 + odd) if isinstance(odd, str) else warned((SOUND + EC2).replace(*odd))
    assert any(said in each for each in told), told
    told = warned(SOUND + EC2 + sound) if isinstance(sound, str) else warned((SOUND + EC2).replace(*sound))
    assert not any(said in each for each in told), told


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('size = "7 GB"', 'size = "4 MB"', "66.7 bytes an image"),
        ('size = "7 GB"', 'size = "9 TB"', "150 MB an image"),
        ("images = 60000", "images = 10", "a batch of 32 is more than the 10 images"),
    ],
)
def test_odd_images_are_told(old: str, new: str, said: str) -> None:
    assert any(said in each for each in warned((SOUND + EC2).replace(old, new)))


def test_a_notebook_that_is_on_longer_than_the_project_is_told() -> None:
    notebook = 'notebook_instance = "ml.t3.medium"\nnotebook_hours = {}\n'
    assert warned(SOUND + EC2 + notebook.format(480)) == []
    assert warned(SOUND + EC2 + notebook.format(481)) == [
        "cloud: the notebook is on for 481 h, and the project's 20 days have 480; "
        "notebook_hours counts the whole project"
    ]


def test_options_that_share_a_sentence_share_a_warning() -> None:
    more = "".join(EC2.replace("cloud", f"cloud {index}") for index in range(4))
    [told] = [each for each in warned((SOUND + EC2 + more).replace("images = 60000", "images = 10")) if "batch" in each]
    assert told.startswith("cloud, cloud 0, cloud 1 and 2 more: resnet50: a batch of 32 ")


def test_many_sentences_of_one_kind_are_counted() -> None:
    many = "".join(
        f'[[option]]\nname = "c{index}"\nkind = "ec2"\ninstance = "g4dn.xlarge"\nstartup_minutes = {300 + index}\n'
        for index in range(9)
    )
    told = warned(SOUND + many)
    assert len(told) == 6
    assert told[-1] == "4 more of this kind (start-up time)"


def test_a_stated_time_without_a_device_is_held_against_the_fastest_known() -> None:
    bare = '[[option]]\nname = "lab"\nkind = "local"\nowned = true\nwatts = 300\ncountry = "DEU"\nhours_per_run = {}\n'
    [told] = warned(SOUND + bare.format(0.001))
    assert "on H200, the fastest known" in told
    assert warned(SOUND + bare.format(500)) == []  # slower than the fastest says nothing


def test_no_code_is_run_to_judge_a_stated_time() -> None:
    own = (SOUND + EC2 + "hours_per_run = 0.0001\n").replace('"resnet50"', '"no_such_module:build"\nname = "own"')
    assert warned(own) == []
