"""`python -m cloudcost` and the `cloudcost` command are the same program."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line and return its exit code."""
    from cloudcost.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
