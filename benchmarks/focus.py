"""Let outside validators judge the FOCUS rows of the reto's options: ``python -m benchmarks.focus``.

The validators are packages of their own, which want a newer Python than the lowest one here::

    python3.12 -m venv /tmp/focus && /tmp/focus/bin/pip install focus-validator focus-data-toolkit 'numpy>=2'
    python -m benchmarks.focus --bin /tmp/focus/bin

Of the rules of FOCUS 1.2 one pair cannot hold at the same time: ``InvoiceId`` must be null where no invoice is issued,
and must not be where one is. What has not been billed has none; the second of the two is counted as failed.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import tempfile
from datetime import date
from pathlib import Path

from cloudcost.analysis.compare import compare
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.file import parse_project
from cloudcost.render.focus import focus_csv
from cloudcost.units import BillingMonth

TODAY = date(2026, 11, 22)
UNAVOIDABLE = {"InvoiceId-C-005-C"}
"""Rules that fail where the rule beside them holds."""


def reto_rows() -> str:
    """Return the rows of all of the reto's options in one file."""
    project = parse_project(bundled_project_text("reto"), name="reto", today=TODAY)
    rows: list[str] = []
    for option in compare(project, today=TODAY, draws=0).options:
        tags = {"project": project.name, "option": option.name}
        head, *lines = focus_csv(option.lines, month=BillingMonth.of(project.start), tags=tags).splitlines()
        rows += lines if rows else [head, *lines]
    return "\n".join(rows) + "\n"


def judge(file: Path, folder: Path) -> set[str]:
    """Print what both validators find; return the rules of FOCUS 1.2 that fail."""
    detected = subprocess.run(
        [folder / "focus-toolkit", "detect", str(file)], capture_output=True, text=True, check=True
    )
    print(detected.stdout.splitlines()[0].replace(str(file), "focus-toolkit"))
    packages = next(
        (folder.parent / "lib").glob("python*/site-packages")
    )  # it looks for its rules below the working folder
    official = subprocess.run(
        [folder / "focus-validator", "--data-file", str(file), "--validate-version", "1.2", "--block-download"],
        cwd=packages, capture_output=True, text=True, check=False,
    )  # fmt: skip
    totals = re.search(r"Total: .*", official.stdout)
    if totals is None:
        raise SystemExit(official.stderr[-1000:])
    failed = set(re.findall(r"(\S+): FAIL", official.stdout))
    print(f"focus-validator: {totals[0]}; failed: {', '.join(sorted(failed)) or 'none'}")
    return failed


def main() -> None:
    """Judge the rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--bin", type=Path, required=True, help="folder of the validators' programs")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "reto.csv"
        text = reto_rows()
        file.write_text(text, encoding="utf-8")
        print(f"{len(text.splitlines()) - 1} rows of {len(text.splitlines()[0].split(','))} columns")
        failed = judge(file, arguments.bin)
    raise SystemExit(0 if failed <= UNAVOIDABLE else 1)


if __name__ == "__main__":
    main()
