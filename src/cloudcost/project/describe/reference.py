"""The reference page of a project file, made from the tables' models."""

from __future__ import annotations

from typing import Any

from cloudcost.json_text import json_value
from cloudcost.project.describe.schema import Schema, project_schema
from cloudcost.project.keys.facts import KINDS
from cloudcost.project.keys.option_table import kinds_of

SECTIONS = (
    ("[project]", "ProjectTable"), ("show_currency", "CurrencyTable"), ("[dataset]", "DatasetTable"),
    ("lifecycle", "LifecycleTable"),
    ("[[dataset.objects]]", "ObjectsTable"), ("[[training]]", "TrainingTable"),
    ("runs and epochs as a table", "CountTable"), ("checkpoint", "CheckpointTable"), ("[[option]]", "OptionTable"),
    ("[[left_on]]", "LeftOnTable"),
)  # fmt: skip

_AXES = 4
"""Of a shape, at most: a longer list holds values beside one another. [count]"""


def key_rows(name: str, schema: Schema) -> list[tuple[str, str, str, str, str]]:
    """Return the keys of a table: key, value, default, kinds of option, meaning; values as Markdown."""
    table = schema["$defs"][name]
    rows = []
    for key, field in table["properties"].items():
        default = "required" if key in table.get("required", []) else _literal(field.get("default"))
        having = kinds_of(key).names if name == "OptionTable" else KINDS
        kinds = "all" if having == KINDS else ", ".join(having)
        rows.append((key, _value(field), default, kinds, field["description"]))
    return rows


def project_reference() -> str:
    """Return the reference page of a project file, as Markdown: every key, its value, default and meaning."""
    schema = project_schema()
    parts = [_HEAD]
    for title, name in SECTIONS:
        kinds = name == "OptionTable"
        parts.append(f"## {title}\n\n{schema['$defs'][name]['description']}\n")
        parts.append("| key | value | default | " + ("kinds | " if kinds else "") + "meaning |")
        parts.append("|---|---|---|" + ("---|" if kinds else "") + "---|")
        for key, value, default, having, meaning in key_rows(name, schema):
            cells = [f"`{key}`", value, default, *([having] if kinds else []), meaning.replace("|", "\\|")]
            parts.append(f"| {' | '.join(cells)} |")
        parts.append("")
    return "\n".join(parts) + _TAIL


_HEAD = """# The project file

Every key of a project file, as `cloudcost schema --format md` prints them; `cloudcost schema` prints the JSON Schema
and `cloudcost init` writes a commented file to start from. The file is TOML in UTF-8. Unknown keys are faults, and all
faults are listed together, one line each: `file:key: what, value, remedy`.

Sizes are texts such as `"48 GB"` (10^9 bytes each) or `"1.5 GiB"` (2^30), or whole bytes; at most 1 EiB. Durations are
texts such as `"4 days"`, `"36 hours"`, `"2 weeks"`; a month without a calendar is 730 hours. Days are written
`2026-11-22`, with or without quotes. Decimal numbers are read exactly.

A project file from somebody else can run code: `network = "package.module:factory"` imports that module, the current
folder first, and calls it. Everything else in a file is only read. Look at `network` before you run a file that you
were sent.
"""

_TAIL = """
## What keys say together

- `[dataset]` has `folder`, or `images` and `size`, or `objects` with or without `images`.
- Objects with `age_days` lie in the bucket when the project begins and stand for its first upload: they are billed from
  then on, and a rule that is due by then acts at once. `noncurrent_days` needs `age_days`, at least as many;
  `newer_versions` needs `noncurrent_days`. Some object is current.
- Lifecycle rules follow each other in time and lead to colder classes; Standard-IA and One Zone-IA need 30 days.
- `hours_per_run` of a training needs `hours_per_run_on` and the other way round; of an option it stands alone, and
  excludes `seconds_per_step`. `epochs` may be left out where the hours of a run are known: it then counts as one.
- `ec2` and `sagemaker` need `instance` (SageMaker's begin with `ml.`), `colab` needs `accelerator`.
- `cloud` needs `instance`, with `provider` where several sell it and `region` where its price has one; or `device` with
  `usd_per_hour`.
- `local` needs `owned = true` or `purchase_usd`; with both the machine is owned and its price is shown beside the
  total. It needs `electricity_usd_per_kwh` or `country`; and `device`, or `watts` with `hours_per_run` or
  `seconds_per_step` (or with a `profile` of every CNN).
- `notebook_instance` needs `notebook_hours`.
- Names given to trainings, and names given to options, are unique. Names that are not given are made from the network,
  or from the kind and the machine, and numbered where they repeat.
- What is left on is billed with the options that run at its provider: at AWS with every `ec2` and `sagemaker` option,
  not with a machine of your own or Colab, whose assumptions say what was not counted. `option` names the one option
  that is billed, of whatever kind. A price per hour counts each started hour from `from`, a price per month the share
  of each calendar month, and what is counted singly (requests, GB moved) the same share of `quantity` a month,
  rounded once a calendar month, half to even, to whole requests and bytes.
  `operation` is needed where a usage type has several prices; traffic to the internet leaves the project's region.
- `account_opened` lies before the project's start. An account opened before 2025-07-15 has free quantities in its first
  twelve calendar months, SageMaker's in the project's first two; one opened since has a sign-up credit of 100 USD,
  taken off what AWS charges in the months before it expires, where the file has no `credits_usd`.
- `low` <= `mode` <= `high`. A table with `mean` alone is a geometric count, with `dispersion` a negative binomial.

## Names

A region, country, device, machine type, accelerator, provider, CNN or price book that no table knows is a fault of the
file, with the nearest names; `cloudcost schema --format names`, `cloudcost networks` and `cloudcost prices list` list
what is known. What is known but has no price there, or no time, stays in the comparison as an option that could not be
priced or timed, and the verdict says so.

A machine of which all that counts is stated may have any name, as its names are then labels:

- `local` with `watts` and a stated time (`hours_per_run` or `seconds_per_step`): `device` is a label;
- `cloud` with `usd_per_hour` and a stated time or a `device`: `instance`, `region` and `provider` are labels, but for a
  provider that is much like a known one, which is a fault; with a stated time `device` is a label, too;
- a CNN, where every option states its time: `network` is a label.

A label that is nearly a known name is warned of.
"""


def _literal(value: Any) -> str:
    if value is None or value == []:
        return ""
    return f"`{json_value(int(value) if isinstance(value, float) and value.is_integer() else value)}`"


def _value(field: Schema) -> str:
    if "enum" in field:
        values = [f'`"{value}"`' for value in field["enum"]]
        return ", ".join(values)
    if "anyOf" in field or "oneOf" in field:
        forms = field.get("anyOf") or field["oneOf"]
        words = list(dict.fromkeys(_value(form) for form in forms))
        return words[0] if words[0] == "size" else " or ".join(words)
    if "$ref" in field:
        return "table"
    if field.get("format") in ("date", "date-time"):
        return "day" if field["format"] == "date" else "day or time"
    if "pattern" in field:
        return "size"
    if field["type"] == "array":
        items = field["items"]
        whole = "minItems" in field and items.get("type") == "integer" and field["maxItems"] <= _AXES
        if "$ref" in items or items.get("type") == "array":
            return "list of tables" if "$ref" in items else "list of such lists"
        return "list of whole numbers" if whole else "list of such numbers"
    if field["type"] == "object":
        return "table"
    if field["type"] == "boolean":
        return "`true`, `false`"
    noun = {"string": "text", "integer": "whole number", "number": "number"}[field["type"]]
    limits = (("minimum", "from"), ("exclusiveMinimum", "over"), ("maximum", "to"))
    bounds = [f"{word} {field[key]:,.15g}" for key, word in limits if key in field]
    return " ".join([noun, *bounds])
