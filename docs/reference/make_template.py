"""Write the commented file of `init` from the table of keys: ``python docs/reference/make_template.py``."""

from __future__ import annotations

from pathlib import Path

from cloudcost.project.describe.template import template_text

PAGE = Path(__file__).resolve().parents[2] / "src" / "cloudcost" / "project" / "data" / "template.toml"


def page(_: str) -> str:
    """Return the file made anew."""
    return template_text()


if __name__ == "__main__":
    PAGE.write_text(template_text(), encoding="utf-8")
