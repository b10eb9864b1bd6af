"""Tables and plots from the recorded profiles; every figure of docs/profiling.md comes from here.

    python benchmarks/profiles/report.py benchmarks/profiles/runs docs/profiling

Reads records alone: neither torch nor the machine they were made on is needed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cloudcost.domain.profile import Profile
from cloudcost.profiling.fit import fit_machine, leave_one_out
from cloudcost.profiling.record import read_profile
from cloudcost.profiling.use import batch_line, step_seconds
from cloudcost.timing.calls.expand import step_calls
from cloudcost.timing.calls.own_machine import predict_calls

Named = Sequence[tuple[str, Profile]]
PAIRS = ((4, 8, 16), (8, 16, 32))
"""Two measured batches, and the one that is predicted from them."""
FAMILIES = {
    "convolution": ("conv",), "product": ("product",), "norm": ("native_",), "update": ("_update",),
    "pool": ("pool", "mean", "div"), "join": ("cat", "add", "mul", "clone", "copy", "sum"),
}  # fmt: skip


def closure_lines(steps: Named) -> list[str]:
    """Return the closure of each configuration and how many are within the limits."""
    lines = [
        f"{'network':<20} {'px':>4} {'batch':>5} {'ms':>9} {'range':>7} {'wall/cpu':>8} {'closure':>8} {'without':>8}"
    ]
    closures = []
    for _, profile in steps:
        for step in profile.steps:
            assert step.closure is not None
            assert step.closure_without_overhead is not None
            closures.append(step.closure)
            lines.append(
                f"{profile.network.name:<20} {profile.network.input[1]:>4} {step.batch:>5} {step.seconds * 1e3:>9.2f} "
                f"{step.spread:>7.1%} {step.wall_seconds / step.seconds:>8.2f} {step.closure:>8.1%} "
                f"{step.closure_without_overhead:>8.1%}"
            )
    within = sum(value <= 0.05 for value in closures)
    lines.append(
        f"closure at most 5 %: {within} of {len(closures)} ({within / len(closures):.0%}), worst {max(closures):.1%}"
    )
    return lines


def without(profile: Profile, batches: tuple[int, int]) -> Profile:
    """Return the profile as if only these batches had been measured."""
    return replace(
        profile,
        steps=tuple(step for step in profile.steps if step.batch in batches),
        ops=tuple(op for op in profile.ops if op.batch in batches),
    )


def batch_lines(steps: Named) -> list[str]:
    """Return how well two batches tell a third, by operation and through the steps alone."""
    lines = []
    every: list[float] = []
    for low, high, target in PAIRS:
        errors: dict[str, float] = {}
        plain: list[float] = []
        for _, profile in steps:
            known = {step.batch: step for step in profile.steps}
            if not {low, high, target} <= set(known):
                continue
            true = known[target].seconds
            label = f"{profile.network.name}/{profile.network.input[1]}"
            errors[label] = step_seconds(without(profile, (low, high)), target)[0] / true - 1
            start, slope = batch_line([known[low], known[high]])
            plain.append(abs((start + slope * target) / true - 1))
        if errors:
            values = [abs(value) for value in errors.values()]
            lines.append(
                f"batch {target} from {low} and {high}: MAPE {sum(values) / len(values):.1%}, worst {max(values):.1%}, "
                f"{len(values)} cases (one line through the steps: {sum(plain) / len(plain):.1%}, {max(plain):.1%})"
            )
            lines.append("  " + " ".join(f"{name} {value:+.1%}" for name, value in errors.items()))
            every += values
    lines.append(f"both: MAPE {sum(every) / len(every):.1%}, worst {max(every):.1%}, {len(every)} cases")
    return lines


def machine_lines(named: Named) -> list[str]:
    """Return the errors of the machine's own device model with each CNN left out."""
    lines = []
    for title, rows in (
        ("regression alone", leave_one_out(named, alone=False)),
        ("with its operations timed alone", leave_one_out(named, alone=True)),
        ("with what others timed, regression for the rest", _others(named)),
    ):
        errors = [predicted / measured - 1 for _, _, measured, predicted in rows]
        lines.append(
            f"leave one CNN out, {title}: MAPE {sum(map(abs, errors)) / len(errors):.1%}, "
            f"worst {max(map(abs, errors)):.1%}, {len(rows)} cases"
        )
        lines.append("  " + " ".join(f"{row[0]}/{row[1]} {e:+.1%}" for row, e in zip(rows, errors, strict=True)))
    return lines


def _others(named: Named) -> list[tuple[str, int, float, float]]:
    rows = []
    for _, profile in named:
        if profile.mode == "step":
            name = profile.network.name
            model = fit_machine([item for item in named if item[1].network.name != name], spread=False)
            for step in profile.steps:
                calls = step_calls(profile.network, step.batch, profile.optimizer)
                rows.append((name, step.batch, step.seconds, predict_calls(model, calls).seconds))
    return rows


def family(kind: str) -> str:
    """Return the coarse group of a kind of operation for the plot."""
    for name, parts in FAMILIES.items():
        if any(part in kind for part in parts) and (name == "update" or "_update" not in kind):
            return f"{name} backward" if name == "convolution" and "backward" in kind else name
    return "activation and rest"


def plots(named: Named, folder: Path) -> None:
    """Write the three plots."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    steps = [profile for _, profile in named if profile.mode == "step"]
    at64 = sorted((p for p in steps if p.network.input[1] == 64), key=lambda p: -p.steps[-1].seconds)
    groups = ["convolution", "convolution backward", "product", "norm", "pool", "join", "activation and rest", "update"]
    figure, axis = plt.subplots(figsize=(9, 4.6), layout="constrained")
    left = [0.0] * len(at64)
    for group, colour in zip(groups, plt.get_cmap("tab10").colors, strict=False):  # type: ignore[attr-defined]
        values = []
        for profile in at64:
            ops = [op for op in profile.ops if op.batch == 32]
            total = sum(op.count * op.seconds for op in ops)
            values.append(100 * sum(op.count * op.seconds for op in ops if family(op.kind) == group) / total)
        axis.barh([p.network.name for p in at64], values, left=left, color=colour, label=group)
        left = [a + b for a, b in zip(left, values, strict=True)]
    axis.set_xlabel("share of the operations' time, batch 32, 64 px [%]")
    axis.set_xlim(0, 100)
    axis.invert_yaxis()
    figure.legend(loc="outside lower center", ncols=4, fontsize=8)
    figure.savefig(folder / "time-by-kind.png", dpi=110)

    figure, axis = plt.subplots(figsize=(8, 4), layout="constrained")
    found = sorted(
        (
            (f"{p.network.name} {p.network.input[1]} px", s.batch, 100 * (s.closure or 0.0))
            for p in steps
            for s in p.steps
        ),
    )
    labels = sorted({label for label, _, _ in found})
    for batch, marker in ((4, "o"), (8, "s"), (16, "^"), (32, "D")):
        points = [(labels.index(label), value) for label, size, value in found if size == batch]
        axis.plot([x for x, _ in points], [y for _, y in points], marker, label=f"batch {batch}", alpha=0.8)
    axis.axhline(5, color="0.4", linestyle="--", linewidth=1)
    axis.axhline(12, color="0.4", linestyle=":", linewidth=1)
    axis.set_xticks(range(len(labels)), labels, rotation=60, ha="right", fontsize=8)
    axis.set_ylabel("closure [%]")
    axis.set_ylim(0, max(13, *(value for _, _, value in found)) * 1.05)
    axis.legend(ncols=4, fontsize=8)
    figure.savefig(folder / "closure.png", dpi=110)

    figure, axis = plt.subplots(figsize=(8, 4.6), layout="constrained")
    for number, profile in enumerate(sorted(at64, key=lambda p: -p.steps[-1].seconds)):
        colour = plt.get_cmap("tab20")(number)
        axis.plot([s.batch for s in profile.steps], [s.seconds for s in profile.steps], "o", color=colour, markersize=5)
        pair = without(profile, (8, 16))
        xs = [8, 12, 16, 20, 24, 28, 32]
        axis.plot(
            xs, [step_seconds(pair, x)[0] for x in xs], "-", color=colour, linewidth=1.2, label=profile.network.name
        )
    axis.set_yscale("log")
    axis.set_xlabel("batch [images]")
    axis.set_ylabel("step [s]")
    axis.set_title("measured steps (points), lines from batches 8 and 16", fontsize=10)
    axis.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8)
    figure.savefig(folder / "batch-line.png", dpi=110)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path)
    parser.add_argument("output", type=Path, help="folder for results.txt and the plots")
    arguments = parser.parse_args()
    named = [(path.name, read_profile(path)) for path in sorted(arguments.runs.glob("*.json*"))]
    steps = [(name, profile) for name, profile in named if profile.mode == "step"]
    environment = steps[0][1].environment
    lines = [
        f"{environment.processor}, {environment.threads} thread, torch {environment.torch}, {environment.backend}, "
        f"allocator {environment.allocator}, {environment.precision}, recorded {steps[0][1].created}",
        "",
        *closure_lines(steps),
        "",
        *batch_lines(steps),
        "",
        *machine_lines(named),
    ]
    text = "\n".join(lines) + "\n"
    (arguments.output / "results.txt").write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    plots(named, arguments.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
