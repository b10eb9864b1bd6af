"""Ways to spoil an input: as bytes, as lines of TOML, as cells of CSV, as values of JSON, as words of a command."""

# ruff: noqa: E501 - lists of values

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

NUMBERS = (
    "0", "-1", "1", "2", "0.5", "-0.0", "1e-300", "1e-9", "1e9", "1e300", "1e999", "nan", "inf", "-inf", "NaN",
    "999999999999", "9223372036854775808", "1" + "0" * 400, "0x10", "1_000", "0.1", "0.24", "24", "1000000", "1200", "10000",
)  # fmt: skip
TEXTS = (
    '""', '" "', '"x"', '"\\u001b]0;t\\u0007\\u001b[31m"', '"=1+1"', '"@SUM(1)"', '"\\u202eabc"', '"猫"', '"' + "n" * 500 + '"',
    '"a\\u0000b"', '"../.."', '"/dev/zero"', '"/"', '"-1 days"', '"100 years"', '"1 s"', '"4 days"', '"0 GB"', '"1 EiB"', '"7 GB"',
    '"us-east-1"', '"mars"', '"nope.json"', '"resnet18"', '"a:b"', '"T4"', '"g4dn.xlarge"', '"spot"', "true", "false", "[]", "{}",
    "[1, 150, 180]", "{mean = 150}", "{low = 1, mode = 120, high = 200}", "{mean = 3, dispersion = 0.01}", "2026-12-31",
    "2006-03-14", "2199-12-31", "0001-01-01", "[[1]]", '"STANDARD"', '"GLACIER"', '"shards"', '"copy"',
)  # fmt: skip
ENDS = {
    "[project]": (
        "keep_months = 1200", "machines = 10000", "hours_per_day = 0.1", "hours_per_day = 24", 'duration = "100 years"',
        'duration = "1 s"', "tax_rate = 1", "credits_usd = 1000000000000", "start = 2199-12-31", "start = 2006-03-14",
        'region = "eu-west-1"', "keep_months = 0", 'region = "sa-east-1"', "start = 2027-01-31",
    ),
    "[dataset]": (
        "uploads = 1000", "downloads = 1000000", "images = 1000000000", "images = 1", "versioning = true",
        'reader = "stream"', 'reader = "shards"', 'size = "1 EiB"', 'size = "1 B"', 'storage_class = "GLACIER"',
        'storage_class = "INTELLIGENT_TIERING"', 'location = "local"', 'lifecycle = [{to = "GLACIER", after_days = 0}]',
        'lifecycle = [{to = "DEEP_ARCHIVE", after_days = 36500}]', 'shard_size = "1 GB"',
    ),
    "[[training]]": (
        "runs = 1000000", "epochs = 1000000", "epochs = {mean = 150}", "epochs = [1, 150, 180, 240]",
        "epochs = {low = 1, mode = 120, high = 200}", "runs = {mean = 1000000}", "runs = {mean = 3, dispersion = 0.01}",
        "runs = [1, 1000000]", "batch = 1000000", "batch = 1", "image_px = 4096", "image_px = 224", "seconds_per_step = 1e-6",
        'checkpoint = {size = "1 EiB", every_epochs = 1}', 'checkpoint = {size = "1 B", every_epochs = 1000000}',
        "hours_per_run = 1e-6", 'precision = "amp"', 'optimizer = "adam"', "channels_last = true", "classes = 1000000000",
        "validation_images = 1000000000000",
    ),
    "[[option]]": (
        "volume_gib = 65536", "volume_gib = 0", 'purchase = "spot"', "gpus = 1024", "notebook_hours = 1000000",
        "idle_hours_per_day = 24", "startup_minutes = 1000", "startup_minutes = 0", "seconds_per_step = 0.000001",
        "seconds_per_step = 1000000", "hours_per_run = 0.0001", "usd_per_hour = 0", "usd_per_hour = 1000000000000",
        "purchase_usd = 0", "lifetime_years = 0.001", "resale = 1", "utilisation = 1e-9", "watts = 1e-9", "pue = 1000",
        "setup_hours = 1000000", "wage = 1000000000000", "vcpu = 1", 'instance = "p3.2xlarge"', 'instance = "p5.48xlarge"',
    ),
}  # fmt: skip
"""The ends of what a table's keys take."""
JSON_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2, 0.5, 1e-300, 1e30, 1e300, float("nan"), float("inf"), 10**77, 2**40, 2**41, "", "x",
    "\u001b[31m", [], {}, [1], [1, 2, 3], [[1]], "conv2d", "input", "same", {"a": 1}, 3.7, "n" * 300,
)  # fmt: skip
BYTES = (
    b"\0",
    b"\xff",
    b"\x1b[31m",
    b"\n",
    b'"',
    b"[",
    b"{",
    b"=",
    b",",
    b"]]",
    b"9" * 40,
    b"-",
    b"\xe2\x80\xae",
    b"\r",
)


def mutated_bytes(chance: random.Random, content: bytes) -> bytes:
    """Return bytes with one stretch changed."""
    if not content:
        return chance.choice(BYTES)
    place = chance.randrange(len(content))
    end = min(len(content), place + chance.choice((1, 1, 2, 10, 100)))
    match chance.randrange(6):
        case 0:
            return content[:place] + bytes([chance.randrange(256)]) + content[place + 1 :]
        case 1:
            return content[:place] + content[end:]
        case 2:
            return content[:end] + content[place:]
        case 3:
            return content[:place] + chance.choice(BYTES) + content[place:]
        case 4:
            return content[:place]
        case _:
            other = chance.randrange(len(content))
            return content[:place] + content[other : other + end - place] + content[end:]


def mutated_toml(chance: random.Random, content: bytes) -> bytes:
    """Return a project file with one line changed."""
    lines = content.decode("utf-8", "replace").split("\n")
    if chance.random() < 0.6:
        return "\n".join(_with_an_end(chance, lines)).encode()
    place = chance.randrange(len(lines))
    settings = [number for number, line in enumerate(lines) if "=" in line] or [place]
    setting = chance.choice(settings)
    match chance.randrange(6):
        case 0:
            del lines[place]
        case 1:
            lines.insert(chance.randrange(len(lines)), lines[place])
        case 2 | 3:
            key = lines[setting].partition("=")[0]
            lines[setting] = f"{key}= {chance.choice(NUMBERS + TEXTS)}"
        case 4:
            key, _, value = lines[setting].partition("=")
            lines[setting] = mutated_bytes(chance, key.encode()).decode("utf-8", "replace") + "=" + value
        case _:
            key, _, value = lines[setting].partition("=")
            lines[setting] = key + "=" + mutated_bytes(chance, value.encode()).decode("utf-8", "replace")
    return "\n".join(lines).encode()


def _with_an_end(chance: random.Random, lines: list[str]) -> list[str]:
    """Return a project file's lines with a key of one table at an end of what it takes."""
    heads = [number for number, line in enumerate(lines) if line in ENDS]
    if not heads:
        return lines
    head = chance.choice(heads)
    end = next((number for number in heads if number > head), len(lines))
    line = chance.choice(ENDS[lines[head]])
    kept = [each for each in lines[head + 1 : end] if not each.startswith(line.partition("=")[0])]
    return [*lines[: head + 1], line, *kept, *lines[end:]]


def mutated_csv(chance: random.Random, content: bytes) -> bytes:
    """Return a CSV with one cell or row changed."""
    rows = [line.split(",") for line in content.decode("utf-8", "replace").split("\n")]
    row = chance.choice(rows)
    match chance.randrange(6):
        case 0 | 1 | 2:
            other = chance.choice(rows)
            values = [*NUMBERS, *(text.strip('"') for text in TEXTS), *other]
            row[chance.randrange(len(row))] = chance.choice(values)
        case 3:
            rows.insert(chance.randrange(len(rows)), list(row))
        case 4:
            del row[chance.randrange(len(row))]
        case _:
            place = chance.randrange(len(row))
            row[place] = mutated_bytes(chance, row[place].encode()).decode("utf-8", "replace")
    return "\n".join(",".join(cells) for cells in rows).encode("utf-8", "replace")


def mutated_json(chance: random.Random, content: bytes) -> bytes:
    """Return a JSON text with one value, key or item changed."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return mutated_bytes(chance, content)
    holders: list[Any] = []
    level = [document]
    while level:
        holders += level
        level = [
            part
            for each in level
            for part in (each.values() if isinstance(each, dict) else each)
            if isinstance(part, dict | list) and part
        ]
    holders = [each for each in holders if each]
    if not holders:
        return mutated_bytes(chance, content)
    _CHANGES[chance.randrange(len(_CHANGES))](chance, chance.choice(holders))
    return json.dumps(document).encode("utf-8", "surrogatepass")


def _place(chance: random.Random, holder: Any) -> Any:
    return chance.choice(list(holder)) if isinstance(holder, dict) else chance.randrange(len(holder))


def _replace(chance: random.Random, holder: Any) -> None:
    holder[_place(chance, holder)] = chance.choice(JSON_VALUES)


def _scale(chance: random.Random, holder: Any) -> None:
    place = _place(chance, holder)
    if isinstance(holder[place], int | float):
        holder[place] = holder[place] * chance.choice((-1, 0, 2, 10, 1e6, 1e-6))


def _delete(chance: random.Random, holder: Any) -> None:
    del holder[_place(chance, holder)]


def _copy(chance: random.Random, holder: Any) -> None:
    one, other = _place(chance, holder), _place(chance, holder)
    if isinstance(holder, list):
        holder.insert(one, holder[other])
    else:
        holder[one] = holder[other]


def _rename(chance: random.Random, holder: Any) -> None:
    if isinstance(holder, dict):
        key = _place(chance, holder)
        holder[key + chance.choice(("x", "_", "\u001b"))] = holder.pop(key)


_CHANGES: tuple[Callable[[random.Random, Any], None], ...] = (
    _replace,
    _replace,
    _replace,
    _scale,
    _delete,
    _copy,
    _rename,
)


def mutated_words(chance: random.Random, words: list[str]) -> list[str]:
    """Return a command's words with one changed; never one that writes where it should not."""
    words = list(words)
    place = chance.randrange(len(words))
    values = [
        *NUMBERS,
        *(text.strip('"').replace("\\u001b", "\x1b") for text in TEXTS),
        "--help",
        "--explain",
        "--force",
    ]
    if place and words[place - 1] in {"-o", "--plot"}:
        return words
    match chance.randrange(4):
        case 0 if place:
            words[place] = chance.choice(values)
        case 1 if place:
            words.insert(place, words[place])
        case 2 if place:
            del words[place]
        case _:
            words.insert(len(words), chance.choice(values))
    return [word.replace("\0", "") for word in words]
