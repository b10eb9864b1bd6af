"""Write a commented project file: every key with its default, its unit and its meaning. It is valid as it stands."""

from __future__ import annotations

import argparse
import os
import sys

from cloudcost.cli.common import tell
from cloudcost.errors import OutputError
from cloudcost.files.writing import require_writable, write_whole


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
    path = arguments.path
    require_writable(path, overwrite=arguments.force, flag="init")
    if os.path.islink(path) and not arguments.force:  # noqa: PTH114 (a dangling one: somebody meant another file)
        raise OutputError(f"{path}: there is a link already, {path}, choose another path or use --force")
    write_whole(path, text)
    tell(f"wrote {path}; next: edit it, then cloudcost compare {path}")
    return 0
