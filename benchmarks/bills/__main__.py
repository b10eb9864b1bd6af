"""Reads a report of 10^6 rows and 70 columns as CSV and as Parquet, and prints the ratios in one run.

  python -m benchmarks.bills [--rows N] [--times K]

The bare grouping is what an engine's own user would write: the columns' types given, the same columns grouped by, the
amounts summed as doubles. Each reading has a process of its own, in turns, and the median of its times counts.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.bills.made import COLUMNS, write_report

AMOUNTS = (
    "lineItem/UnblendedCost", "lineItem/UsageAmount", "pricing/publicOnDemandCost", "reservation/EffectiveCost",
    "savingsPlan/SavingsPlanEffectiveCost",
)  # fmt: skip
KEYS = (
    "bill/BillingEntity", "bill/BillingPeriodStartDate", "lineItem/LineItemType", "lineItem/ProductCode",
    "lineItem/UsageType", "lineItem/Operation", "lineItem/UsageAccountId", "lineItem/ResourceId",
    "lineItem/LineItemDescription", "lineItem/AvailabilityZone", "product/region", "pricing/term", "pricing/unit",
    "reservation/ReservationARN", "lineItem/CurrencyCode", "resourceTags/user:Name", "resourceTags/user:team",
)  # fmt: skip
"""What `cloudcost` reads of this report, beside the day."""
LIMITS = {
    "CSV, cloudcost / DuckDB's bare grouping": 1.5,
    "CSV, cloudcost / the faster engine": 2.0,
    "Parquet, cloudcost / DuckDB's bare grouping": 5.0,
}


def ours(path: Path) -> int:
    """Return how many lines `cloudcost` reads."""
    from cloudcost.bills.read import read_bill

    return len(read_bill([path]).lines)


def by_duckdb(path: Path) -> int:
    """Return how many groups DuckDB makes."""
    import duckdb

    types = ", ".join(f"'{name}': '{'DOUBLE' if name in AMOUNTS else 'VARCHAR'}'" for name in COLUMNS)
    source = f"read_csv('{path}', columns = {{{types}}}, auto_detect = false, header = true, delim = ',', quote = '\"')"
    if path.suffix == ".parquet":
        source = f"read_parquet('{path}')"
    keys = ", ".join(f'"{name}"' for name in KEYS)
    sums = ", ".join(f'sum("{name}")' for name in AMOUNTS)
    asked = f'SELECT {keys}, substr("lineItem/UsageStartDate", 1, 10), count(*), {sums} FROM {source} GROUP BY ALL'
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET enable_progress_bar = false")
        return len(connection.execute(asked).fetchall())


def by_polars(path: Path) -> int:
    """Return how many groups polars makes."""
    import polars as pl

    types = {name: pl.Float64() if name in AMOUNTS else pl.String() for name in COLUMNS}
    rows = pl.scan_parquet(path) if path.suffix == ".parquet" else pl.scan_csv(path, schema=types)
    day = pl.col("lineItem/UsageStartDate").str.slice(0, 10)
    grouped = rows.group_by([*KEYS, day]).agg(pl.len(), *(pl.col(name).sum() for name in AMOUNTS))
    return len(grouped.collect(engine="streaming").rows())


READERS = {"cloudcost": ours, "duckdb": by_duckdb, "polars": by_polars}


def timed(reader: str, path: Path) -> dict[str, float]:
    """Return what one reading in a process of its own takes."""
    code = (
        "import json, sys, time; from pathlib import Path; from benchmarks.bills.__main__ import READERS\n"
        "read = READERS[sys.argv[1]]\nbegin = time.perf_counter()\ncount = read(Path(sys.argv[2]))\n"
        "seconds = time.perf_counter() - begin\n"
        "[kib] = [line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')]\n"
        "print(json.dumps({'lines': count, 'seconds': seconds, 'mib': int(kib) / 1024}))"
    )
    done = subprocess.run([sys.executable, "-c", code, reader, str(path)], capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def as_parquet(path: Path) -> Path:
    """Write the same report as Parquet, amounts as doubles."""
    import duckdb

    target = path.with_suffix(".parquet")
    casts = ", ".join(f'CAST("{name}" AS DOUBLE) AS "{name}"' for name in AMOUNTS)
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * REPLACE ({casts}) FROM read_csv('{path}', all_varchar = true)) TO '{target}' "
            "(FORMAT parquet)"
        )
    return target


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bills", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cloudcost-bills-") as folder:
        csv = Path(folder) / "report.csv"
        write_report(csv, args.rows)
        parquet = as_parquet(csv)
        seconds: dict[tuple[str, str], float] = {}
        most = 0.0
        for name, path in (("CSV", csv), ("Parquet", parquet)):
            print(f"{name}: {args.rows:,} rows, {len(COLUMNS)} columns, {path.stat().st_size / 2**20:,.0f} MiB")
            runs: dict[str, list[dict[str, float]]] = {reader: [] for reader in READERS}
            for _ in range(args.times):
                for reader in READERS:
                    runs[reader].append(timed(reader, path))
            for reader, found in runs.items():
                seconds[name, reader] = median(each["seconds"] for each in found)
                mib = max(each["mib"] for each in found)
                most = max(most, mib if reader == "cloudcost" else 0)
                print(f"  {reader:10} {seconds[name, reader]:6.2f} s {mib:6,.0f} MiB {found[0]['lines']:8,.0f} lines")
    fastest = min(seconds["CSV", "duckdb"], seconds["CSV", "polars"])
    ratios = [
        seconds["CSV", "cloudcost"] / seconds["CSV", "duckdb"],
        seconds["CSV", "cloudcost"] / fastest,
        seconds["Parquet", "cloudcost"] / seconds["Parquet", "duckdb"],
    ]
    for (what, limit), ratio in zip(LIMITS.items(), ratios, strict=True):
        print(f"{what}: {ratio:.2f} (at most {limit})")
    print(f"memory of cloudcost: {most:,.0f} MiB (at most 1,024)")
    return 0 if most < 1024 and all(map(lambda ratio, limit: ratio <= limit, ratios, LIMITS.values())) else 1


if __name__ == "__main__":
    sys.exit(main())
