"""`python -m cloudcost` and the `cloudcost` command are the same program."""

from __future__ import annotations

import atexit
import gc
import os
import sys


def _end(number: int, _: object) -> None:
    try:
        os.write(2, b"interrupted\n" if number == 2 else b"terminated\n")
    finally:  # whatever becomes of the word, as where stderr is full
        os._exit(128 + number)


def main() -> int:
    """Run the command line and return its exit code."""
    import _signal  # type: ignore[import-not-found]  # the public module builds enumerations, 3 ms in which Ctrl-C would end in a traceback

    for number in (_signal.SIGINT, _signal.SIGTERM):
        _signal.signal(number, _end)
    # Starting up makes many objects that live to the end; collecting among them takes a tenth of a short command.
    gc.set_threshold(100_000)
    from cloudcost.cli import run, signals

    atexit.register(signals.ignore)  # before others are, so it comes after them
    signals.listen()
    try:
        return run(sys.argv[1:])
    finally:
        signals.end_at_once()


if __name__ == "__main__":
    sys.exit(main())
