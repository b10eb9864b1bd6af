"""Starting the processes of a data-parallel run, and the line through what they measured. No torch in here."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from pathlib import Path
from subprocess import Popen
from typing import IO

from cloudcost.domain.profile import CommunicationRecord
from cloudcost.profiling.plan import Plan
from cloudcost.profiling.run import listen, require_torch, worker
from cloudcost.timing.communication import CommunicationLine


def run_communication(plan: Plan) -> CommunicationRecord:
    """Return what `plan.processes` processes measured together; the slowest process counts.

    Raises
    ------
    CloudCostError
        What a worker reports, or that one died; the others are ended.
    """
    require_torch()
    with (
        tempfile.TemporaryDirectory() as folder,
        ThreadPoolExecutor(plan.processes) as pool,
        ExitStack() as stack,  # left first: it ends the workers, and with them the threads
    ):
        rendezvous = str(Path(folder) / "rendezvous")
        workers = [
            stack.enter_context(worker({"plan": plan.message(), "rank": rank, "rendezvous": rendezvous}))
            for rank in range(plan.processes)
        ]
        # Each is heard by a thread: where one dies, the others would wait for it for half an hour.
        heard = [pool.submit(_hear, process, words, plan) for process, words in workers]
        records = [future.result() for future in as_completed(heard)]
    return max(records, key=lambda record: record.step_seconds)


def _hear(process: Popen[str], words: IO[str], plan: Plan) -> CommunicationRecord:
    found = [event["communication"] for event in listen(process, words, plan) if event["event"] == "communication"]
    fields = dict(found[0])
    fields["all_reduce"] = tuple((int(size), float(spent)) for size, spent in fields["all_reduce"])
    return CommunicationRecord(**fields)


def fit_communication(records: Sequence[CommunicationRecord]) -> CommunicationLine | None:
    """Return the line of least relative error through data-parallel runs; None without any.

    One run alone gives its parameters' share by its all-reduces, and the rest to its tensors.

    Raises
    ------
    ValueError
        When the runs have different numbers of processes.
    """
    if not records:
        return None
    if len({record.processes for record in records}) > 1:
        raise ValueError("data-parallel runs of different numbers of processes are no one line")
    import numpy as np
    from scipy.optimize import nnls

    added = np.array([max(record.step_seconds - record.no_sync_seconds, 1e-9) for record in records])
    features = np.array([(record.tensors, record.parameters) for record in records], float)
    if len(records) == 1:
        (size, spent) = max(records[0].all_reduce)
        per_parameter = min(spent / (size / 4), added[0] / features[0, 1])
        rest = added[0] - per_parameter * features[0, 1]
        return CommunicationLine(
            processes=records[0].processes, per_tensor=float(rest / features[0, 0]), per_parameter=float(per_parameter)
        )
    scale = features.max(axis=0)
    solution, _ = nnls(features / scale / added[:, None], np.ones(len(added)))
    per_tensor, per_parameter = (float(value) for value in solution / scale)
    return CommunicationLine(processes=records[0].processes, per_tensor=per_tensor, per_parameter=per_parameter)
