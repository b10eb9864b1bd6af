"""Ctrl-C and the polite request to end, SIGTERM: one line on stderr, exit codes 130 and 143, nothing half written.

While a verb runs, a signal raises; what is being written is taken away on the way out. Before and after, when there is
nothing to take away, it ends the process at once (`__main__` says how). A second one that comes at once, as of Ctrl-C
pressed twice, changes nothing: it would stop the taking away.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # the public module builds enumerations, which take as long as the help
import os
import sys
import time

INTERRUPT, TERMINATE = int(_signal.SIGINT), int(_signal.SIGTERM)
WORDS = {INTERRUPT: "interrupted", TERMINATE: "terminated"}
GRACE_SECONDS = 2.0
"""After a signal, in which the work is taken away and no other counts; later ones are of somebody who waits. [s]"""

received: list[int] = []
"""Signals that came while a verb ran: Python 3.11 may wrap what they raise into an error of another kind."""
_last = -GRACE_SECONDS
"""When the last signal counted. [s]"""


AGAIN_SECONDS = 0.001
"""After which a signal is raised anew that came where nothing can carry an exception. [s]"""


class Terminated(BaseException):
    """The process was asked to end."""


def listen() -> None:
    """Let the signals raise from now on."""
    _signal.signal(INTERRUPT, _raise)
    _signal.signal(TERMINATE, _raise)
    sys.unraisablehook = _lost


def end_at_once() -> None:
    """Let the signals end the process from now on: nothing is left to be taken away."""
    _signal.signal(INTERRUPT, _end)
    _signal.signal(TERMINATE, _end)


def ignore() -> None:
    """Let no signal change the exit code any more, while the interpreter is taken down."""
    _signal.signal(INTERRUPT, _signal.SIG_IGN)
    _signal.signal(TERMINATE, _signal.SIG_IGN)


def told(number: int) -> int:
    """Say which signal ended the work, once; return the exit code."""
    if received:
        end_at_once()
    print(WORDS[number], file=sys.stderr)
    return 128 + number


def _counts() -> bool:
    """Return whether a signal that comes now counts: one that follows another at once does not."""
    global _last
    now = time.monotonic()
    counts = now - _last >= GRACE_SECONDS
    if counts:
        _last = now
    return counts


def _raise(number: int, _: object) -> None:
    if not _counts():
        return
    received.append(number)
    raise _exception(number)


def _exception(number: int) -> type[BaseException]:
    return KeyboardInterrupt if number == INTERRUPT else Terminated


def _lost(unraisable: sys.UnraisableHookArgs) -> None:
    """Raise a signal anew that came in a callback of the interpreter, as of a lock of an import: Python drops it."""
    if not (received and issubclass(unraisable.exc_type, (KeyboardInterrupt, Terminated))):
        sys.__unraisablehook__(unraisable)
    elif hasattr(_signal, "setitimer"):
        _signal.signal(_signal.SIGALRM, _raise_again)
        _signal.setitimer(_signal.ITIMER_REAL, AGAIN_SECONDS)


def _raise_again(_number: int, _: object) -> None:
    raise _exception(received[-1])


def _end(number: int, _: object) -> None:
    if not _counts():
        return
    try:
        os.write(2, f"{WORDS[number]}\n".encode())
    finally:  # whatever becomes of the word, as where stderr is full
        os._exit(128 + number)
