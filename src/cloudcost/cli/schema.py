"""Print the JSON Schema of a project file (draft 2020-12), with --format md its reference page.

With --format names: the names that its keys take (devices, accelerators, providers, regions, countries).
"""

from __future__ import annotations

import argparse
import sys

from cloudcost.cli.common import add_format_argument


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    add_format_argument(parser, ("json", "md", "names"))


def run(arguments: argparse.Namespace) -> int:
    """Print the schema and return the exit code."""
    if arguments.format == "names":
        from cloudcost.project.checks.known import known_names_text

        sys.stdout.write(known_names_text())
        return 0
    from cloudcost.project.describe import project_reference, project_schema_text

    sys.stdout.write(project_schema_text() if arguments.format == "json" else project_reference())
    return 0
