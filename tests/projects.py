"""Projects for tests: small ones whose every part may be told, the rest being of no matter to the test."""

from __future__ import annotations

from datetime import date
from typing import Any

from cloudcost.domain.project import Count, Dataset, Option, Project, Training

DAY_SECONDS = 86_400


def build_training(*, runs: int | Count = 1, epochs: int | Count = 1, **fields: Any) -> Training:
    """Return a training, of ResNet-18 on small images where nothing else is told.

    Parameters
    ----------
    runs, epochs : int or Count
        A number of them for certain, or a range. [count]
    **fields
        Others of `Training`.
    """
    counts = {
        name: Count.fixed(value) if isinstance(value, int) else value
        for name, value in (("runs", runs), ("epochs", epochs))
    }
    return Training(**{"name": "a", "network": "resnet18", "image_px": 32, "batch": 8, **counts, **fields})


def build_project(*options: Option, days: int = 4, **fields: Any) -> Project:
    """Return a project of these options, with one training and a small data set where nothing else is told.

    Parameters
    ----------
    *options : Option
        May be in `fields` instead.
    days : int
        The duration, unless `fields` has it in seconds. [days]
    **fields
        Others of `Project`.
    """
    told = {
        "name": "p",
        "region": "us-east-1",
        "duration_seconds": days * DAY_SECONDS,
        "start": date(2026, 11, 2),
        "dataset": Dataset(images=1000, size_bytes=10**8),
        "trainings": (build_training(),),
        "options": options,
        **fields,
    }
    return Project(**told)
