"""Write a commented project file: every key with its default, its unit and its meaning. It is valid as it stands."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from cloudcost.cli.common import write_whole
from cloudcost.errors import OutputError

HELP = "write a commented project file"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    parser.add_argument("path", nargs="?", default="project.toml", help="where to (default: %(default)s; - for stdout)")
    parser.add_argument("--force", action="store_true", help="overwrite a file that is there")


def run(arguments: argparse.Namespace) -> int:
    """Write the file and return the exit code.

    Raises
    ------
    OutputError
        When there is a file already and ``--force`` is not given, or the path cannot be written.
    """
    from cloudcost.project.bundled import bundled_project_text

    text = bundled_project_text("template")
    if arguments.path == "-":
        sys.stdout.write(text)
        return 0
    path = Path(arguments.path)
    if not arguments.path or "\0" in arguments.path:
        raise OutputError(f"{arguments.path!r}:file: no path, empty or with a byte of zero, choose another path")
    if os.path.isdir(path):  # noqa: PTH112 (False for a name that is too long, which Path.is_dir raises)
        raise OutputError(f"{path}:file: cannot be written, it is a folder, name a file in it")
    if os.path.lexists(path) and not arguments.force:
        raise OutputError(f"{path}:file: there is a file already, {path}, choose another path or use --force")
    write_whole(path, text)
    print(f"wrote {path}; next: edit it, then cloudcost compare {path}", file=sys.stderr)
    return 0
