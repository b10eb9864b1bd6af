"""Write the package's `keys.json` from the table of keys: ``python docs/reference/make_keys.py``."""

from __future__ import annotations

from pathlib import Path

from cloudcost.project.describe.quick_keys import quick_keys_text

PAGE = Path(__file__).resolve().parents[2] / "src" / "cloudcost" / "project" / "data" / "keys.json"


def page(_: str) -> str:
    """Return the file made anew."""
    return quick_keys_text()


if __name__ == "__main__":
    PAGE.write_text(quick_keys_text(), encoding="utf-8")
