"""Price a grid or a random sample of projects: one row per project and option, streamed to CSV or Parquet.

KEY is any key of the project file, as in the file: project.duration, dataset.size, training.batch (of all trainings),
training.NAME.batch (of one), option.instance (of all options whose kind has it), option.NAME.instance,
left_on.quantity (of all that is left on), left_on.0.quantity (of the first). VALUES is a list (16,32,64), a stepped
range (1:100:5), or with --sample a stretch to draw from (0.1..0.6, log:1..1000); numbers may have a unit
(10 GB..100 GB). In a grid the last key changes fastest, numbers of runs fastest of all.

  cloudcost sweep project.toml --over training.batch=16,32,64 --over option.instance=g4dn.xlarge,g5.xlarge
  cloudcost sweep project.toml --over training.runs=1:50 --over project.keep_months=0:12 -o rows.csv
  cloudcost sweep project.toml --over "dataset.size=log:1 GB..1000 GB" --sample 10000 --seed 7 -o rows.parquet
  cloudcost sweep project.toml --over training.runs=1:1000 --dask tcp://scheduler:8786 -o rows.csv
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.cli.common import (
    add_date_arguments,
    add_project_argument,
    project_inputs,
    project_path,
    say_bundled,
    tell,
    today_of,
)
from cloudcost.cli.progress import ProgressBar
from cloudcost.files.writing import require_writable

if TYPE_CHECKING:
    from cloudcost.analysis.sweep.job import Job


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    add_project_argument(parser)
    parser.add_argument(
        "--over", action="append", required=True, metavar="KEY=VALUES", help="a key and its values; may be repeated"
    )
    parser.add_argument(
        "--sample", type=_count, metavar="N", help="draw N projects at random instead of the whole grid"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the random sample (default: %(default)s)")
    parser.add_argument("-o", "--output", metavar="FILE", help=".csv or .parquet (default: CSV to stdout)")
    parser.add_argument("--workers", type=_count, metavar="N", help="processes (default: one per usable core)")
    parser.add_argument("--dask", metavar="ADDRESS", help="compute on this Dask cluster: tcp://host:8786")
    parser.add_argument("--no-assumed", action="store_true", help="never assume a price that a region or a day lacks")
    add_date_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Sweep and write; return the exit code."""
    from cloudcost.analysis.sweep.plan import plan_sweep
    from cloudcost.analysis.sweep.run import chunks_of
    from cloudcost.analysis.sweep.write import form_of, part_of, write_file, write_stream

    if args.output is not None:
        require_writable(args.output, inputs=project_inputs(args.project))
    text, file, path = _project_of(args.project)
    job = plan_sweep(
        text,
        file=file,
        path=path,
        over=args.over,
        today=today_of(args),
        sample=args.sample,
        seed=args.seed,
        as_of=args.as_of,
        allow_assumed=not args.no_assumed,
        form="csv" if args.output is None else form_of(args.output),
    )
    bar, start, written = ProgressBar(), time.monotonic(), 0

    def done(chunks: int) -> None:
        nonlocal written
        written = chunks
        bar.show(chunks / job.chunks, _said(job, chunks, time.monotonic() - start))

    try:
        chunks = chunks_of(job, workers=args.workers, dask=args.dask)
        if args.output is None:
            write_stream(job, chunks, sys.stdout.buffer, done)
        else:
            write_file(job, lambda: chunks, args.output, done)
    except KeyboardInterrupt:
        bar.clear()
        kept = "" if args.output is None else f"; these whole rows are kept in {part_of(args.output)}"
        tell(f"interrupted after {_projects(job, written):,} of {job.projects:,} projects{kept}")
        return 130
    finally:
        bar.clear()
    return 0


def _project_of(path: str | None) -> tuple[str, str, str]:
    """Return a project file's text, its name for messages, and its path."""
    path = project_path(path)
    if path is None:
        from cloudcost.project.bundled import bundled_project_text

        say_bundled()
        return bundled_project_text("reto"), "reto.toml", ""
    from cloudcost.project.file import project_text

    return project_text(Path(path)), Path(path).name or path, path


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= 1_000_000_000:
        raise argparse.ArgumentTypeError(f"a whole number over 0 and up to 1,000,000,000, not {text!r}")
    return int(text)


def _projects(job: Job, chunks: int) -> int:
    from cloudcost.analysis.sweep.points import CHUNK

    return min(chunks * CHUNK, job.projects)


def _said(job: Job, chunks: int, seconds: float) -> str:
    """Return how far a sweep is and how long it still takes, at the pace of the first `seconds`."""
    left = seconds * (job.chunks - chunks) / chunks if chunks else 0.0
    return f"{_projects(job, chunks):,} of {job.projects:,} projects, {left:,.0f} s left"
