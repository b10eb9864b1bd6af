"""Write `project-file.md` from the table of keys: ``python docs/reference/make_project_file.py``."""

from __future__ import annotations

from pathlib import Path

from cloudcost.project.describe.reference import project_reference

PAGE = Path(__file__).parent / "project-file.md"


def page(_: str) -> str:
    """Return the page made anew."""
    return project_reference()


if __name__ == "__main__":
    PAGE.write_text(project_reference(), encoding="utf-8")
