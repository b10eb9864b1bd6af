"""`python -m cloudcost` and the `cloudcost` command are the same program."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Run the command line and return its exit code."""
    # Starting up makes many objects that live to the end; collecting among them takes a tenth of a short command.
    gc.set_threshold(100_000)
    from cloudcost.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
