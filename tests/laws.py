"""How many examples a law is held to: all of them in the full run, a quarter where slow tests are left out."""

from __future__ import annotations

import os

quick = False
"""Whether slow tests are left out; `tests/conftest.py` sets it before any test is read."""


def examples(full: int) -> int:
    """Return how many examples of a law to draw; the environment's EXAMPLES stands above all. [count]"""
    asked = os.environ.get("EXAMPLES")
    if asked:
        return int(asked)
    return min(full, max(full // 4, 25)) if quick else full
