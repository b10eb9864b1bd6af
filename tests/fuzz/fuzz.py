"""Mutated inputs over every reader and verb: no traceback, documented exit codes, bounded time and memory.

    python tests/fuzz/fuzz.py --inputs 100000 --seed 1 --workers 2

Valid examples (projects, usage CSVs, networks, profiles, device models of both kinds, command lines) are mutated as
bytes, as lines, as JSON and by putting the ends of what a key takes. Each input runs in a worker process that has 1 GiB
of memory for data and gives each 30 s. The same seed tries the same inputs, whatever the number of workers; light verbs
get the bulk of them. Exit code 1 where an input broke a rule; each is printed with what makes it again.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.fuzz.mutations import mutated_bytes, mutated_csv, mutated_json, mutated_toml, mutated_words
from tests.fuzz.starts import Example, examples

SECONDS = 30
"""Of processor time that an input may take; four times as much by the clock, for a busy machine. [s]"""
MEMORY = 2**30
"""That the data of a process may take. [bytes]"""
CODES = {0, 1, 2, 3}
BLOCK = 50
"""Inputs that a worker takes at once. [count]"""
LIGHT = 1.0
"""Least weight of an example that is light. [1]"""
MUTATE: dict[str, Callable[[random.Random, bytes], bytes]] = {
    ".toml": mutated_toml, ".csv": mutated_csv, ".json": mutated_json, ".gz": mutated_bytes,
}  # fmt: skip


class TooLong(BaseException):
    """An input took more than its time."""


@dataclass(frozen=True)
class Broken:
    """An input that broke a rule."""

    number: int
    words: tuple[str, ...]
    what: str


@dataclass(frozen=True)
class Block:
    """What came of some inputs: how many of each verb and code, the longest, and those that broke a rule."""

    counts: Counter[tuple[str, int]]
    longest: tuple[float, int, str]
    megabytes: float
    broken: tuple[Broken, ...]


def written(number: int, example: Example, contents: Mapping[str, bytes], words: list[str]) -> list[str]:
    """Write an input's files here, under names that no other input has, and return its words with these names."""
    names = {name: f"{number}-{name}" for name in example.files}
    for name, content in contents.items():
        for old, new in names.items():
            content = content.replace(b"@" + old.encode(), new.encode())
        Path(names[name]).write_bytes(content)
    return [names.get(word.removeprefix("@"), word) if word.startswith("@") else word for word in words]


def case(seed: int, number: int, known: list[Example]) -> tuple[str, list[str]]:
    """Write the files of an input and return its name and its words."""
    chance = random.Random(f"{seed}:{number}")
    [example] = chance.choices(known, [each.weight for each in known])
    touched = chance.choice([*example.files]) if example.files and chance.random() < 0.88 else None
    contents = {}
    for name, content in example.files.items():
        if name == touched or chance.random() < 0.1:
            for _ in range(chance.choice((1, 1, 1, 2, 4))):
                change = mutated_bytes if chance.random() < 0.1 else MUTATE[Path(name).suffix]
                content = change(chance, content)
        contents[name] = content
    words = list(example.words)
    if touched is None or chance.random() < 0.05:
        words = mutated_words(chance, words)
    return example.name, written(number, example, contents, words)


def run_one(words: list[str]) -> tuple[int, str]:
    """Run a command line here and return its code and which rule it broke; empty for none."""
    from cloudcost.cli import run

    out, said = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="surrogateescape") for _ in range(2))
    kept = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = out, said
    fault = ""
    code = -1
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.setitimer(signal.ITIMER_REAL, 4 * SECONDS)
    try:
        code = run(words)
    except TooLong:
        fault = f"over {SECONDS} s"
    except BaseException:
        fault = traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.stdout, sys.stderr = kept
    for stream in (out, said):
        stream.flush()
    printed, told = (stream.detach().getvalue().decode("utf-8", "replace") for stream in (out, said))
    return code, fault or broken_rule(words, code, printed, told)


def broken_rule(words: list[str], code: int, printed: str, told: str) -> str:
    """Return which rule of the command line an outcome breaks; empty for none."""
    if code not in CODES:
        return f"code {code}"
    if "Traceback" in told or "Traceback" in printed:
        return f"a traceback is printed: {told[-2000:]}"
    if code in {2, 3} and not told.strip() and not printed.strip():
        return f"code {code} without a word"
    if "\x1b" in printed + told or "\x9b" in printed + told:
        return "a control character reaches the terminal"
    if len(told) > 50_000:
        return f"{len(told)} characters on stderr"
    if "json" in words and code == 0 and printed.lstrip().startswith("{"):
        try:
            json.loads(printed, parse_constant=_refused)
        except ValueError as error:
            return f"not strict JSON: {error}"
    return ""


def _refused(name: str) -> float:
    raise ValueError(name)


def begin() -> None:
    """Set a worker's limits; a warning of NumPy's would be printed, so it counts as an error."""

    def too_long(*_: object) -> None:
        raise TooLong

    signal.signal(signal.SIGPROF, too_long)
    signal.signal(signal.SIGALRM, too_long)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", RuntimeWarning)
    os.environ["MPLBACKEND"] = "Agg"


def check_examples() -> int:
    """Run every example as it is; print those that do not work and return 1 if any."""
    bad = 0
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        for number, example in enumerate(examples()):
            code, fault = run_one(written(number, example, example.files, list(example.words)))
            if code or fault:
                print(f"{' '.join(example.words)}: code {code} {fault}")
                bad = 1
        os.chdir("/")
    return bad


def run_block(task: tuple[int, range, float]) -> Block:
    """Run some inputs in a folder of their own."""
    seed, numbers, least = task
    counts: Counter[tuple[str, int]] = Counter()
    broken: list[Broken] = []
    longest = (0.0, -1, "")
    known = [each for each in examples() if each.weight >= least]
    with tempfile.TemporaryDirectory() as place:
        before = Path.cwd()
        os.chdir(place)
        try:
            for number in numbers:
                name, words = case(seed, number, known)
                start = time.process_time()
                code, fault = run_one(words)
                longest = max(longest, (time.process_time() - start, number, name))
                counts[name, code] += 1
                if fault:
                    broken.append(Broken(number, tuple(words), fault))
                for path in Path().iterdir():
                    if path.is_file() and path.name.startswith((f"{number}-", "out", "report")):
                        path.unlink()
        finally:
            os.chdir(before)
    return Block(counts, longest, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, tuple(broken))


def blocks(seed: int, first: int, inputs: int, least: float) -> Iterator[tuple[int, range, float]]:
    """Yield the tasks."""
    for start in range(first, first + inputs, BLOCK):
        yield seed, range(start, min(start + BLOCK, first + inputs)), least


def main() -> int:
    """Run the inputs, print what came of them, and return 1 where one broke a rule."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--show", action="store_true", help="print each input that breaks a rule as it is found")
    parser.add_argument("--light", action="store_true", help="only verbs that answer in a few milliseconds")
    parser.add_argument("--examples", action="store_true", help="run the examples themselves and end")
    arguments = parser.parse_args()
    if arguments.examples:
        return check_examples()
    counts: Counter[tuple[str, int]] = Counter()
    broken: list[Broken] = []
    longest = (0.0, -1, "")
    memory = 0.0
    start = time.monotonic()
    tasks = blocks(arguments.seed, arguments.first, arguments.inputs, LIGHT if arguments.light else 0)
    with multiprocessing.get_context("spawn").Pool(arguments.workers, begin, maxtasksperchild=100) as pool:
        for block in pool.imap_unordered(run_block, tasks):
            counts += block.counts
            broken += block.broken
            longest = max(longest, block.longest)
            memory = max(memory, block.megabytes)
            if arguments.show:
                for each in block.broken:
                    print(f"{each.number}: {' '.join(each.words)!r:.300}\n{each.what[-1500:]}", flush=True)
    print(f"{counts.total():,} inputs in {time.monotonic() - start:.0f} s, seed {arguments.seed}")
    for name in sorted({name for name, _ in counts}):
        codes = {code: counts[name, code] for code in (-1, *CODES) if counts[name, code]}
        print(f"  {name:<12} {sum(codes.values()):>7,}  " + "  ".join(f"{c}: {n:,}" for c, n in codes.items()))
    print(
        f"longest: {longest[0]:.1f} s of processor time ({longest[2]}, input {longest[1]}); "
        f"memory up to {memory:.0f} MiB"
    )
    print(f"broke a rule: {len(broken)}")
    for each in broken[:20]:
        print(f"\ninput {each.number}: cloudcost {' '.join(each.words)!r:.300}\n{each.what[-1500:]}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
