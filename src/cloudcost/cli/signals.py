"""Ctrl-C and the polite request to end, SIGTERM: one line on stderr, exit codes 130 and 143, nothing half written.

While a verb runs, a signal raises; what is being written is taken away on the way out. Before and after, when there is
nothing to take away, it ends the process at once (`__main__` says how).
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # the public module builds enumerations, which take as long as the help
import os
import sys

TYPE_CHECKING = False  # as in `cloudcost`
if TYPE_CHECKING:
    from typing import NoReturn

INTERRUPT, TERMINATE = int(_signal.SIGINT), int(_signal.SIGTERM)
WORDS = {INTERRUPT: "interrupted", TERMINATE: "terminated"}

received: list[int] = []
"""Signals that came while a verb ran: Python 3.11 may wrap what they raise into an error of another kind."""


class Terminated(BaseException):
    """The process was asked to end."""


def listen() -> None:
    """Let the signals raise from now on."""
    _signal.signal(INTERRUPT, _raise)
    _signal.signal(TERMINATE, _raise)


def end_at_once() -> None:
    """Let the signals end the process from now on: nothing is left to be taken away."""
    _signal.signal(INTERRUPT, _end)
    _signal.signal(TERMINATE, _end)


def told(number: int) -> int:
    """Say which signal ended the work, once; return the exit code."""
    if received:
        end_at_once()
    print(WORDS[number], file=sys.stderr)
    return 128 + number


def _raise(number: int, _: object) -> NoReturn:
    received.append(number)
    raise KeyboardInterrupt if number == INTERRUPT else Terminated


def _end(number: int, _: object) -> NoReturn:
    os.write(2, f"{WORDS[number]}\n".encode())
    os._exit(128 + number)
