"""What `cloudcost profile` measured: text, CSV and Markdown; its JSON is the profile's file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.networks.shapes import text
from cloudcost.render.tables.writer import csv_table, markdown_table

if TYPE_CHECKING:
    from cloudcost.domain.profile import Profile

_CSV_HEADS = ("batch", "phase", "kind", "op", "key", "count", "seconds_per_call", "low_seconds", "high_seconds")


def profile_text(profile: Profile, path: Path | None) -> str:
    """Return what was measured for a terminal: steps, kinds of operation, what was timed beside."""
    environment = profile.environment
    threads = "thread" if environment.threads == 1 else "threads"
    inputs = " and ".join(map(text, (profile.network.input, *profile.network.more_inputs)))
    lines = [
        f"{profile.network.name}, {inputs}, "
        f"{profile.network.parameters:,} parameters, {environment.precision}, {profile.optimizer}",
        environment.processor,
        f"{environment.threads} {threads}, torch {environment.torch}, {environment.backend}",
        "",
    ]
    if profile.steps:
        lines.append(f"{'batch':>6} {'ms/step':>10} {'images/s':>9} {'range':>7} {'closure':>8} {'without':>8}")
    for step in profile.steps:
        spread = f"{step.spread:.1%}" if len(step.process_seconds) > 1 else "-"
        lines.append(
            f"{step.batch:>6} {step.seconds * 1e3:>10.1f} {step.batch / step.seconds:>9.1f} {spread:>7} "
            f"{_share(step.closure):>8} {_share(step.closure_without_overhead):>8}"
        )
    lines += ["", *(_kinds(profile) if profile.ops else [f"timed as a whole: {profile.reason}"])]
    if profile.communication is not None:
        both = profile.communication
        lines.append(
            f"data-parallel, {both.processes} processes ({both.backend}): {both.step_seconds * 1e3:.1f} ms/step, "
            f"{both.no_sync_seconds * 1e3:.1f} ms without averaging gradients"
        )
    if profile.loading is not None:
        lines.append(f"decode + resize: {profile.loading.images_per_second_per_core:.0f} images/s per core")
    if profile.energy is not None:
        lines.append(f"power: {profile.energy.watts:.1f} W ({profile.energy.source})")
    if path is not None:
        lines.append(f"written: {path}")
    return "\n".join(lines) + "\n"


def _kinds(profile: Profile) -> list[str]:
    largest = max(op.batch for op in profile.ops)
    sums: dict[str, float] = {}
    for op in profile.ops:
        if op.batch == largest:
            sums[op.kind] = sums.get(op.kind, 0.0) + op.count * op.seconds
    total = sum(sums.values())
    first = sorted(sums.items(), key=lambda item: -item[1])[:8]
    return [f"batch {largest}, by kind of operation:"] + [
        f"  {kind:<34} {seconds * 1e3:>9.2f} ms {seconds / total:>6.1%}" for kind, seconds in first
    ]


def profile_csv(profile: Profile) -> str:
    """Return a row per operation and batch; seconds with six digits, no clock is better."""
    rows = [
        (
            op.batch, op.phase, op.kind, op.op, op.key, op.count,
            *(f"{seconds:.6g}" for seconds in (op.seconds, op.quantiles[0], op.quantiles[-1])),
        )
        for op in profile.ops
    ]  # fmt: skip
    return csv_table(_CSV_HEADS, rows)


def profile_markdown(profile: Profile) -> str:
    """Return the steps as a table; of operations that were timed alone, their kinds."""
    if not profile.steps:
        return markdown_table(
            ["batch", "kind", "ms"], [(str(op.batch), op.kind, _ms(op.count * op.seconds)) for op in profile.ops],
            right={0, 2},
        )  # fmt: skip
    rows = [
        (str(step.batch), _ms(step.seconds), f"{step.batch / step.seconds:.1f}", _share(step.closure))
        for step in profile.steps
    ]
    return markdown_table(["batch", "ms/step", "images/s", "closure"], rows, right={0, 1, 2, 3})


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.2f}"
