"""The one progress bar: how far a command is, on one line of stderr."""

from __future__ import annotations

import sys

WIDTH = 30
"""[characters]"""


class ProgressBar:
    """A line that is drawn anew and taken away, where stderr is a terminal; nothing elsewhere."""

    def __init__(self) -> None:
        self._stream = sys.stderr if sys.stderr.isatty() else None
        self._shown = False

    def show(self, share: float, said: str) -> None:
        """Draw the line.

        Parameters
        ----------
        share : float
            What is done. [1]
        said : str
            What stands beside the bar.
        """
        if self._stream is None:
            return
        done = round(WIDTH * min(max(share, 0.0), 1.0))
        self._stream.write(f"\r[{'#' * done}{'.' * (WIDTH - done)}] {said}\x1b[K")
        self._stream.flush()
        self._shown = True

    def clear(self) -> None:
        """Take the line away."""
        if self._stream is not None and self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = False
