"""Project files that ship with the package: the student project, and the commented one that `init` writes."""

from __future__ import annotations

from pathlib import Path

DATA = Path(__file__).parent / "data"


def bundled_project_text(name: str) -> str:
    """Return the text of a bundled project file.

    Parameters
    ----------
    name : str
        ``reto``, the student project, or ``template``, the commented file of `init`.

    Raises
    ------
    KeyError
        When no file of that name is bundled.

    Examples
    --------
    >>> "[dataset]" in bundled_project_text("reto")
    True
    """
    if name not in BUNDLED:
        raise KeyError(name)
    return (DATA / f"{name}.toml").read_text(encoding="utf-8")


BUNDLED = ("reto", "template")
"""Names that `bundled_project_text` knows."""
