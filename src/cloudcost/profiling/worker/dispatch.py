"""Watching a training step call by call with TorchDispatchMode: listing the calls, or timing them on a CPU.

Timing takes the clock right before and after each call, so that what the watching itself costs stays outside. The
first watched step describes every call; later steps check that the same calls come in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from cloudcost.errors import ChangingCallsError
from cloudcost.profiling.worker.signature import describe
from cloudcost.timing.calls.framework import Call, Phase

Clock = Callable[[], int]


class Watcher(TorchDispatchMode):
    """Lists the calls of the first step, and their nanoseconds in every step.

    Parameters
    ----------
    clock : callable
        Returns nanoseconds. [ns]
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self.phase: Phase = "forward"
        self.calls: list[Call | None] = []
        self.funcs: list[torch._ops.OpOverload] = []
        self.spent: list[int] = []
        self._described = False

    def begin(self) -> None:
        """Forget the times of the step before."""
        self._described = bool(self.funcs)
        self.spent = []

    def check(self) -> None:
        """Refuse a step that made other calls than the first one.

        Raises
        ------
        TimingError
            When the number of calls changed.
        """
        if len(self.spent) != len(self.funcs):
            raise ChangingCallsError(
                f"profile: a step makes {len(self.spent)} calls and the first one made {len(self.funcs)}, "
                "a CNN whose operations change from step to step cannot be timed by operation"
            )

    def __torch_dispatch__(
        self,
        func: torch._ops.OpOverload,
        types: Sequence[type],
        args: Sequence[object] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        named = kwargs or {}
        clock = self.clock
        start = clock()
        result = func(*args, **named)
        end = clock()
        if not self._described:
            self.funcs.append(func)
            self.calls.append(describe(self.phase, func, args, named, result))
        elif len(self.spent) >= len(self.funcs) or self.funcs[len(self.spent)] is not func:
            raise ChangingCallsError(
                f"profile: {func} comes where another call came in the step before, "
                "a CNN whose operations change from step to step cannot be timed by operation"
            )
        self.spent.append(end - start)
        return result
