"""Print the JSON Schema of a project file (draft 2020-12), with --format md its reference page.

With --names: the names that its keys take (devices, accelerators, providers, regions, countries).

  cloudcost schema > project.schema.json
  cloudcost schema --names --format csv
"""

from __future__ import annotations

import argparse
import sys

from cloudcost.cli.common import add_format_argument
from cloudcost.render.listings.outputs import NamesOutput, ProjectFileOutput
from cloudcost.render.outputs import written


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    parser.add_argument("--names", action="store_true", help="the names that keys take, not the keys")
    add_format_argument(parser, ("json", "text", "csv", "md", "names"))


def run(arguments: argparse.Namespace) -> int:
    """Print the schema and return the exit code; the format `names` is `text` of the names."""
    if arguments.format == "names":
        sys.stdout.write(written(NamesOutput(), "text"))
        return 0
    output = NamesOutput() if arguments.names else ProjectFileOutput()
    sys.stdout.write(written(output, arguments.format))
    return 0
