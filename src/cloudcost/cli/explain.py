"""Say what could have made an amount, with no bill at hand: every cause, what it takes, and where to look.

Each candidate is the exact inverse of a dated price: put into `price`, it gives the amount. What is possible is told
by the facts that you name; nothing here is a verdict.

  cloudcost explain --amount 75 --days 4
  cloudcost explain --amount 75 --days 4 --facts dataset=48GiB,images=60000,users=5,label=S3
"""

from __future__ import annotations

import argparse

from cloudcost.cli.common import add_date_arguments, add_format_argument
from cloudcost.cli.explain_amount import add_amount_arguments, run_amount


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    add_amount_arguments(parser)
    add_format_argument(parser)
    add_date_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Explain and print; return the exit code."""
    return run_amount(args)
