"""Write the figures and plots of `docs/accuracy.md` from a report."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd

from benchmarks.accuracy.dataset import DEVICES
from benchmarks.accuracy.figures import Report
from benchmarks.accuracy.keras_networks import BUILDERS
from benchmarks.accuracy.levels_tables import level_markdown

DOCS = Path(__file__).resolve().parents[2] / "docs"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def write(report: Report, docs: Path = DOCS) -> None:
    """Put the figures between the marks of `accuracy.md` and draw the plots."""
    page = docs / "accuracy.md"
    text = page.read_text(encoding="utf-8")
    body = f"{BEGIN}\n{figures_markdown(report)}\n{END}"
    page.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: body, text, flags=re.DOTALL), encoding="utf-8")
    folder = docs / "accuracy"
    folder.mkdir(exist_ok=True)
    for device in DEVICES:
        _plot_device(report.left_out[report.left_out.gpu == device], device, folder / f"{device.lower()}.png")
    _plot_published(report.timm, folder / "rtx-3090-amp.png")
    measured = report.levels.families[report.levels.families.set.isin(["aws", "desktop"])]
    _plot_torch(measured, folder / "pytorch.png")


def figures_markdown(report: Report) -> str:
    """Return the figures as Markdown."""
    lines = ["| measured here | figure | limit |", "|---|---|---|"]
    lines += [f"| {one.name} | {one.value} | {one.limit} |" for one in report.figures]
    lines += ["", "Mean absolute percentage error of each CNN when it is left out:", ""]
    lines += ["| CNN | " + " | ".join(DEVICES) + " |", "|---|" + "---|" * len(DEVICES)]
    for name, row in report.by_cnn.iterrows():
        lines.append(f"| {name} | " + " | ".join(f"{row[device]:.1f}" for device in DEVICES) + " |")
    return "\n".join([*lines, "", level_markdown(report.levels, report.left_out)])


def _plot_device(frame: pd.DataFrame, device: str, path: Path) -> None:
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(6.4, 6.0), layout="constrained")
    colours = plt.get_cmap("tab20")(np.linspace(0, 1, len(BUILDERS)))
    for colour, name in zip(colours, BUILDERS, strict=True):
        part = frame[frame.model == name]
        axes.scatter(part.batch_latency_s, part.seconds, s=16, color=colour, label=name, linewidths=0)
    ends = np.array([frame.batch_latency_s.min() / 1.4, frame.batch_latency_s.max() * 1.4])
    axes.plot(ends, ends, color="0.3", linewidth=1)
    axes.fill_between(ends, ends / 1.15, ends * 1.15, color="0.85", zorder=0, label="within 15 %")
    axes.set(xscale="log", yscale="log", xlim=ends, ylim=ends, xlabel="measured, seconds per step")
    axes.set_ylabel("predicted by a fit without this CNN, seconds per step")
    axes.set_title(
        f"{device}: {len(frame)} steps, mean error {frame.ape.mean():.1f} %, median {frame.ape.median():.1f} %"
    )
    axes.legend(fontsize=7, ncols=2, loc="upper left", frameon=False)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)


def _plot_torch(frame: pd.DataFrame, path: Path) -> None:
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(6.4, 6.0), layout="constrained")
    names = sorted(frame.device.unique())
    colours = plt.get_cmap("tab20")(np.linspace(0, 1, len(names)))
    for colour, name in zip(colours, names, strict=True):
        for half, marker in ((False, "o"), (True, "^")):
            part = frame[(frame.device == name) & ((frame.precision == "half") == half)]
            label = name if not half else None
            axes.scatter(part.seconds, part.predicted, s=16, marker=marker, color=colour, label=label, linewidths=0)
    ends = np.array([frame.seconds.min() / 1.5, frame.seconds.max() * 1.5])
    axes.plot(ends, ends, color="0.3", linewidth=1)
    axes.fill_between(ends, ends / 1.25, ends * 1.25, color="0.85", zorder=0, label="within 25 %")
    axes.set(xscale="log", yscale="log", xlim=ends, ylim=ends, xlabel="measured, seconds per step")
    axes.set_ylabel("predicted by a fit without this family, seconds per step")
    axes.set_title(f"PyTorch: {len(frame)} steps, mean error {frame.ape.mean():.1f} % (triangles: pure half)")
    axes.legend(fontsize=7, ncols=2, loc="upper left", frameon=False)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)


def _plot_published(frame: pd.DataFrame, path: Path) -> None:
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    from benchmarks.accuracy.levels_judge import family

    figure, axes = plt.subplots(figsize=(6.4, 6.0), layout="constrained")
    measured, predicted = frame.batch / frame.seconds, frame.batch / frame.predicted
    families = sorted(frame.network.map(family).unique())
    colours = plt.get_cmap("tab20")(np.linspace(0, 1, len(families)))
    for colour, name in zip(colours, families, strict=True):
        part = frame.network.map(family) == name
        axes.scatter(measured[part], predicted[part], s=22, color=colour, label=name, linewidths=0)
    ends = np.array([measured.min() / 1.5, measured.max() * 1.5])
    axes.plot(ends, ends, color="0.3", linewidth=1)
    axes.fill_between(ends, ends / 1.2, ends * 1.2, color="0.85", zorder=0, label="within 20 %")
    axes.set(xscale="log", yscale="log", xlim=ends, ylim=ends, xlabel="published (timm, PyTorch 1.12), images/s")
    axes.set_ylabel("predicted by a fit without this family, images/s")
    axes.set_title("RTX 3090, mixed precision, channels first")
    axes.legend(fontsize=7, ncols=2, loc="upper left", frameon=False)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)
