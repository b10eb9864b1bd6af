"""Write the package's `validator.json` from the table of keys: ``python docs/reference/make_validator.py``."""

from __future__ import annotations

from pathlib import Path

from cloudcost.project.keys.stored import stored_text

PAGE = Path(__file__).resolve().parents[2] / "src" / "cloudcost" / "project" / "data" / "validator.json"


def page(_: str) -> str:
    """Return the file made anew."""
    return stored_text()


if __name__ == "__main__":
    PAGE.write_text(stored_text(), encoding="utf-8")
