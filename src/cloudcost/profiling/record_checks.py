"""What the values of a profile cannot be: a file may have been edited or damaged. No torch in here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cloudcost.errors import repeated

if TYPE_CHECKING:
    from cloudcost.domain.profile import CommunicationRecord, Environment, OpRecord, StepRecord

LEAST_SECONDS, MOST_SECONDS = 1e-12, 1e6
"""Beyond these a number is no time of a call or a step. [s]"""
MOST_COUNT = 10**12
"""No batch, number of calls or of parameters is larger. [count]"""
MOST_AMOUNT = 1e24
"""No call has more FLOPs or bytes. [FLOP], [bytes]"""
FAR = 1000.0
"""Times of one step in a profile do not differ by more. [1]"""


def senseless(parts: Mapping[str, Any]) -> Iterator[str]:
    """Yield each value that a profile cannot have, as `key: what, value`.

    Parameters
    ----------
    parts : mapping
        The parts of a profile by key, of the right types.
    """
    steps: tuple[StepRecord, ...] = parts["steps"]
    ops: tuple[OpRecord, ...] = parts["ops"]
    yield from _of_environment(parts["environment"])
    if parts["mode"] == "step" and not steps:
        yield "steps: no step was timed, 'step'"
    if not ops and parts["reason"] is None:
        yield "ops: no operation was timed and no reason given, []"
    if ops and parts["reason"] is not None:
        yield f"reason: of steps timed as a whole, but operations are there, {repeated(parts['reason'])}"
    if parts["reason"] is not None and parts["mode"] != "step":
        yield f"reason: of whole steps, {parts['mode']!r}"
    sizes = [step.batch for step in steps]
    if sizes != sorted(set(sizes)):
        yield f"steps: batch sizes once each and ascending, {repeated(sizes)}"
    for number, step in enumerate(steps):
        yield from _of_step(f"steps.{number}", step)
    yield from _of_ops(ops, sizes)
    if not abs(parts["overhead_seconds"]) < MOST_SECONDS:
        yield f"overhead_seconds: a finite number, {parts['overhead_seconds']!r}"
    pace = parts["pace_seconds"]
    if pace is not None and not _is_time(pace):
        yield f"pace_seconds: above 0, {pace!r}"
    if parts["communication"] is not None:
        yield from _of_communication(parts["communication"])
    for key, name in (("loading", "images_per_second_per_core"), ("energy", "watts")):
        if parts[key] is not None and not 0 < getattr(parts[key], name) < MOST_COUNT:
            yield f"{key}.{name}: above 0, {getattr(parts[key], name)!r}"


def _is_time(value: float) -> bool:
    return LEAST_SECONDS <= value <= MOST_SECONDS


def _of_environment(environment: Environment) -> Iterator[str]:
    for name in ("threads", "affinity"):
        if not 1 <= getattr(environment, name) <= 65_536:
            yield f"environment.{name}: 1 or more, {repeated(getattr(environment, name))}"


def _of_step(place: str, step: StepRecord) -> Iterator[str]:
    if not _is_time(step.seconds) or not 1 <= step.batch <= MOST_COUNT:
        yield f"{place}: seconds above 0 and a batch of 1 or more, {step.seconds!r} at {repeated(step.batch)}"
        return
    operations = step.seconds if step.operations_seconds is None else step.operations_seconds
    others = (step.wall_seconds, operations, *step.process_seconds, *step.quantiles)
    if not step.process_seconds or not all(1 / FAR <= other / step.seconds <= FAR for other in others):
        yield f"{place}: seconds above 0 and like one another, {step.seconds!r}"
    if not (0 <= step.half_width < 10 and 1 <= step.repeats <= MOST_COUNT and 0 <= step.calls <= MOST_COUNT):
        yield f"{place}: half width, repeats and calls not below 0, {step.half_width!r}"
    closure = 0.0 if step.closure is None else step.closure
    if not (0 <= step.disturbed_share <= 1 and 0 <= closure < MOST_COUNT):
        yield f"{place}: closure not below 0 and disturbed_share up to 1, {step.closure!r}, {step.disturbed_share!r}"


def _of_ops(ops: tuple[OpRecord, ...], sizes: list[int]) -> Iterator[str]:
    seen: set[tuple[int, str, str]] = set()
    sums: defaultdict[int, float] = defaultdict(float)
    for number, op in enumerate(ops):
        amounts = (op.flops, op.read_bytes, op.written_bytes, op.weight_bytes)
        right = (op.seconds == 0 or _is_time(op.seconds)) and all(0 <= amount <= MOST_AMOUNT for amount in amounts)
        if not right or not 1 <= op.count <= MOST_COUNT or not 1 <= op.batch <= MOST_COUNT:
            yield f"ops.{number}: seconds, FLOPs and bytes not below 0 and calls of 1 or more, {op.seconds!r}"
            continue
        if (op.batch, op.phase, op.key) in seen:
            yield f"ops.{number}: each signature once, {repeated(op.key)}"
        seen.add((op.batch, op.phase, op.key))
        sums[op.batch] += op.seconds
    strange = sorted(set(sums) - set(sizes)) if sizes else []
    if strange:
        yield f"ops: of a batch that has no step, {repeated(strange)}"
    for size in (sizes or sorted(sums)) if ops else ():
        if not sums.get(size):
            yield f"ops: none takes any time, batch {size!s:.30}"


def _of_communication(record: CommunicationRecord) -> Iterator[str]:
    counts = (record.batch, record.parameters, record.tensors)
    if record.processes < 2 or not all(1 <= count <= MOST_COUNT for count in counts):
        yield f"communication: 2 processes or more, batch, parameters and tensors above 0, {repeated(record.processes)}"
    times = (record.step_seconds, record.no_sync_seconds, *(seconds for _, seconds in record.all_reduce))
    sizes = [size for size, _ in record.all_reduce]
    if not sizes or not all(1 <= size <= MOST_COUNT for size in sizes) or not all(map(_is_time, times)):
        yield f"communication: seconds above 0 and all-reduces of 1 byte or more, {record.step_seconds!r}"
