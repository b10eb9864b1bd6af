"""The commented project file that `init` writes, made from the tables' models: every key with its unit and meaning.

What is written here is only which keys are set, and to what; the others stand behind a ``#`` with their default or an
example. A key of an option stands with the first option whose kind has it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from cloudcost.json_text import json_value
from cloudcost.project.describe.schema import project_schema
from cloudcost.project.keys.facts import key_forms
from cloudcost.project.keys.option_table import kinds_of
from cloudcost.project.keys.tables import MODELS, TABLES

WIDTH = 118
"""Of the file. [characters]"""
COLUMN = 32
"""Where the words on a key begin. [characters]"""
Values = Mapping[str, object]
PROJECT: Values = {"name": "my project", "region": "us-east-1", "duration": "4 days"}
DATASET: Values = {"images": 60000, "size": "7 GB"}
TRAINING: Values = {"network": "resnet50", "image_px": 224, "batch": 32, "epochs": 38, "runs": 12}
OPTIONS: tuple[Values, ...] = (
    {"name": "EC2 g4dn.xlarge", "kind": "ec2", "instance": "g4dn.xlarge"},
    {"name": "SageMaker ml.g4dn.xlarge", "kind": "sagemaker", "instance": "ml.g4dn.xlarge"},
    {"name": "Colab T4", "kind": "colab", "accelerator": "T4"},
    {"name": "My computer", "kind": "local", "device": "RTX 3060", "owned": True, "country": "MEX"},
)
CLOUD: Values = {
    "name": "Another cloud's A6000", "kind": "cloud", "provider": "lambda", "instance": "gpu_1x_a6000",
    "device": "RTX A6000", "usd_per_hour": 1.09, "disk_type": "filesystem", "results": "2 GB",
}  # fmt: skip
"""Stands behind a ``#`` as a whole."""
NAMED = ("operation",)
"""Keys without a value: what stands in the file has none."""
HEAD = """\
# A project of cloudcost: what to train, and the ways of doing it that are compared.
#
#     cloudcost compare THIS_FILE
#
# Keys behind a "#" show their default, or an example where there is none. Units stand in [brackets].
# Sizes are texts such as "48 GB" (10^9 bytes each) or "48 GiB" (2^30), durations such as "4 days" or "36 hours".
# Unknown keys are faults. `cloudcost schema` prints the JSON Schema of this file.
"""


def template_text() -> str:
    """Return the commented project file."""
    told: set[str] = set()
    lines = [
        HEAD,
        *_table("[project]", "ProjectTable", PROJECT),
        *_table("[dataset]", "DatasetTable", DATASET),
        "# One [[training]] for each CNN.",
        *_table("[[training]]", "TrainingTable", TRAINING),
        "# One [[option]] for each way of doing it. A key stands with the first kind of option that has it.",
        *(line for option in OPTIONS for line in _table("[[option]]", "OptionTable", option, told)),
        "# Another cloud, with a price of the table or of your own:",
        *_table("# [[option]]", "OptionTable", CLOUD, set(MODELS["OptionTable"].model_fields), behind="# "),
        "# What is left on beside the training, billed whether it is used or not: an endpoint, gateways, snapshots.",
        *_table("# [[left_on]]", "LeftOnTable", {}),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _table(title: str, model: str, values: Values, told: set[str] | None = None, *, behind: str = "") -> Iterator[str]:
    """Yield the lines of one table; of an option the keys that it sets, and those of its kind not `told` before."""
    fields = project_schema()["$defs"][model]["properties"]
    yield title
    for key in MODELS[model].model_fields:
        of_kind = told is None or (key not in told and values["kind"] in kinds_of(key).names)
        if key not in values and not of_kind:
            continue
        words = _words(fields[key]) if told is None or key not in told or behind else ""
        if key in values:
            yield from _lines(f"{behind}{key} = {_toml(values[key])}", words)
        about = iter([_forms(key)] if key in values else [words, _forms(key)])
        for form in _shown(model, key, values):
            yield from _lines(f"#   {key}" if key in NAMED else f"# {key} = {form}", next(about, ""))
        if told is not None:
            told.add(key)
    yield ""


def _shown(model: str, key: str, values: Values) -> list[str]:
    """Return the default of a key that is not set, or its examples; of one that is, further forms of its value."""
    field = MODELS[model].model_fields[key]
    plain = key_forms(model)[key] in ("day", "moment")
    forms = [example for example in field.examples or [] if isinstance(example, dict | list)]
    if key in values:
        return [_toml(form) for form in forms]
    if not field.is_required() and field.default not in (None, []):
        return [_toml(field.default)]
    return [str(each) if plain else _toml(each) for each in forms or (field.examples or [])[:1]]


def _words(field: Mapping[str, Any]) -> str:
    """Return what the table of keys says of a key, with its choices."""
    choices = ", ".join(json_value(choice) for choice in field.get("enum", []))
    return f"{field['description']} One of {choices}." if choices else str(field["description"])


def _forms(key: str) -> str:
    """Return what is said of the tables that a key's values may be; empty for a key without such."""
    model = TABLES.get(key)
    return "" if model is None else str(model.__doc__)


def _lines(key: str, words: str) -> Iterator[str]:
    """Yield a line, with words beside it and below it."""
    if not words:
        yield key
        return
    begin = max(COLUMN, len(key) + 2)
    if WIDTH - begin < len(words) and begin > COLUMN + 20:
        yield key
        key, begin = "#", COLUMN
    first, *more = textwrap.wrap(words, WIDTH - begin - 2, break_on_hyphens=False)
    yield f"{key:<{begin}}# {first}" if key != "#" else f"#{'':<{begin + 1}}{first}"
    yield from (f"#{'':<{begin + 1}}{line}" for line in more)


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    if isinstance(value, bool | str):
        return json_value(value)
    return str(int(value)) if value == int(value) else str(value)
