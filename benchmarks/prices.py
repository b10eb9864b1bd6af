"""Importing a price list of EC2 against DuckDB's bare reading of it: ``python -m benchmarks.prices``.

The list has AWS's columns and, region by region, its mix of rows: of each machine type the hours of six operating
systems, three tenancies and their capacity reservations, and twelve ways of reserving; two million rows are 1.5 GB.
The bare side asks DuckDB's ``read_csv`` for the same columns of the hours of Linux on shared machines and fetches them.
Both run in turn, each in a process of its own, best of several; memory is the peak of the import's process, its book
written and brought to disk.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COLUMNS = """
SKU,OfferTermCode,RateCode,TermType,PriceDescription,EffectiveDate,StartingRange,EndingRange,Unit,PricePerUnit,
Currency,RelatedTo,LeaseContractLength,PurchaseOption,OfferingClass,Product Family,serviceCode,Location,
Location Type,Instance Type,Current Generation,Instance Family,vCPU,Physical Processor,Clock Speed,Memory,Storage,
Network Performance,Processor Architecture,Storage Media,Volume Type,Max Volume Size,Max IOPS/volume,
Max IOPS Burst Performance,Max throughput/volume,Provisioned,Tenancy,EBS Optimized,Operating System,License Model,
Group,Group Description,Transfer Type,From Location,From Location Type,To Location,To Location Type,usageType,
operation,AvailabilityZone,CapacityStatus,ClassicNetworkingSupport,Dedicated EBS Throughput,ECU,
Elastic Graphics Type,Enhanced Networking Supported,From Region Code,GPU,GPU Memory,Instance,
Instance Capacity - 10xlarge,instanceSKU,Intel AVX Available,Intel AVX2 Available,Intel Turbo Available,
MarketOption,Normalization Size Factor,Physical Cores,Pre Installed S/W,Processor Features,Product Type,
Region Code,Resource Type,serviceName,SnapshotArchiveFeeType,To Region Code,Volume API Name,VPCNetworkingSupport
""".replace("\n", "").split(",")
HEAD = (
    '"FormatVersion","v1.0"\n"Disclaimer","made by benchmarks.prices"\n"Publication Date","2026-11-28T00:00:00Z"\n'
    '"Version","20261128000000"\n"OfferCode","AmazonEC2"\n'
)
SKIPPED = 6
ROWS_A_PAIR = 585
"""Of a machine type in a region: 9 systems with their software, 3 tenancies by 21 terms and 2 reserves. [count]"""


def make(path: Path, rows: int) -> None:
    """Write a list of about so many rows."""
    import duckdb

    from cloudcost.catalog.aws.regions import regions
    from cloudcost.catalog.instances import instances

    connection = duckdb.connect()
    places = [(each.code, each.location, "" if each.code == "us-east-1" else f"{each.codes[0]}-")
              for each in regions().values()]  # fmt: skip
    types = sorted(name for name, each in instances().items() if each.provider == "aws")
    connection.execute("CREATE TABLE places (region VARCHAR, location VARCHAR, prefix VARCHAR)")
    connection.executemany("INSERT INTO places VALUES (?, ?, ?)", places)
    connection.execute("CREATE TABLE types (type VARCHAR)")
    connection.executemany("INSERT INTO types VALUES (?)", [(name,) for name in types])
    constants = dict.fromkeys(COLUMNS, "''")
    constants |= {
        "SKU": "upper(md5(sku::VARCHAR)[:16])", "OfferTermCode": "term_code", "TermType": "term",
        "RateCode": "upper(md5(sku::VARCHAR)[:16]) || '.' || term_code || '.' || rate_code",
        "PriceDescription": "'$' || usd || ' per ' || term || ' ' || os || ' ' || type || ' Instance Hour'",
        "EffectiveDate": "'2026-11-01'", "StartingRange": "CASE WHEN unit = 'Hrs' THEN '0' ELSE '' END",
        "EndingRange": "CASE WHEN unit = 'Hrs' THEN 'Inf' ELSE '' END", "Unit": "unit", "PricePerUnit": "usd",
        "Currency": "'USD'", "LeaseContractLength": "lease", "PurchaseOption": "upfront", "OfferingClass": "offering",
        "Product Family": "'Compute Instance'", "serviceCode": "'AmazonEC2'", "Location": "location",
        "Location Type": "'AWS Region'", "Instance Type": "type", "Current Generation": "'Yes'",
        "Instance Family": "'GPU instance'", "vCPU": "'8'", "Physical Processor": "'Intel Xeon Family'",
        "Clock Speed": "'2.5 GHz'", "Memory": "'32 GiB'", "Storage": "'1 x 225 NVMe SSD'",
        "Network Performance": "'Up to 25 Gigabit'", "Processor Architecture": "'64-bit'", "Tenancy": "tenancy",
        "Operating System": "os", "License Model": "'No License required'", "usageType": "prefix || box || ':' || type",
        "operation": "'RunInstances' || operation", "CapacityStatus": "capacity", "ECU": "'NA'",
        "Enhanced Networking Supported": "'Yes'", "Intel AVX Available": "'Yes'", "MarketOption": "'OnDemand'",
        "Normalization Size Factor": "'16'", "Pre Installed S/W": "software",
        "Processor Features": "'Intel AVX; Intel AVX2; Intel AVX512; Intel Turbo'", "Region Code": "region",
        "serviceName": "'Amazon Elastic Compute Cloud'",
    }  # fmt: skip
    pairs = max(rows // ROWS_A_PAIR, 1)
    connection.execute(f"CREATE TABLE pairs AS FROM places, types ORDER BY hash(region, type) LIMIT {pairs}")
    cells = ", ".join(f'{expression} AS "{name}"' for name, expression in constants.items())
    made = f"""
        WITH systems(os, operation) AS (VALUES ('Linux', ''), ('Windows', ':0002'), ('RHEL', ':0010'),
            ('SUSE', ':000g'), ('Red Hat Enterprise Linux with HA', ':1010'), ('Ubuntu Pro', ':0g00')),
        softwares(software) AS (VALUES ('NA'), ('SQL Web'), ('SQL Std'), ('SQL Ent')),
        capacities(tenancy, capacity, box) AS (VALUES ('Shared', 'Used', 'BoxUsage'),
            ('Shared', 'AllocatedCapacityReservation', 'Reservation'),
            ('Shared', 'UnusedCapacityReservation', 'UnusedBox'), ('Dedicated', 'Used', 'DedicatedUsage'),
            ('Host', 'Used', 'HostBoxUsage')),
        terms(term, term_code, rate_code, unit, lease, upfront, offering) AS (
            VALUES ('OnDemand', 'JRTCKXETXF', '6YS6EN2CT7', 'Hrs', '', '', '')
            UNION ALL SELECT 'Reserved', substr(md5(lease || upfront || offering), 1, 10),
                CASE unit WHEN 'Hrs' THEN '6YS6EN2CT7' ELSE '2TG2D8R56U' END, unit, lease, upfront, offering
            FROM (VALUES ('1yr'), ('3yr')) l(lease), (VALUES ('standard'), ('convertible')) o(offering),
                (VALUES ('No Upfront', 'Hrs'), ('Partial Upfront', 'Hrs'), ('Partial Upfront', 'Quantity'),
                    ('All Upfront', 'Hrs'), ('All Upfront', 'Quantity')) u(upfront, unit)),
        all_rows AS (
            SELECT *, hash(region, type, os, software, tenancy, capacity) AS sku,
                CASE WHEN unit = 'Hrs' AND upfront = 'All Upfront' THEN '0.0000000000' ELSE
                    printf('%.10f', 0.05 + hash(region, type, os, software, term_code, unit) % 100000 / 4000.0)
                END AS usd
            FROM pairs, systems, softwares, capacities, terms
            WHERE (software = 'NA' OR os = 'Windows') AND (term = 'OnDemand' OR capacity = 'Used'))
        SELECT {cells} FROM all_rows
        """
    body = path.with_suffix(".rows")
    connection.execute(f"COPY ({made}) TO '{body}' (FORMAT csv, HEADER false, FORCE_QUOTE *)")
    with path.open("wb") as file, body.open("rb") as rest:
        file.write(HEAD.encode())
        file.write((",".join(f'"{name}"' for name in COLUMNS) + "\n").encode())
        while part := rest.read(2**24):
            file.write(part)
    body.unlink()


def bare(path: Path) -> int:
    """Return how many rows DuckDB alone finds and hands on."""
    import duckdb

    wanted = ", ".join(
        f'"{name}"' for name in COLUMNS
        if name in ("SKU", "RateCode", "TermType", "Unit", "PricePerUnit", "Currency", "StartingRange", "EndingRange",
                    "EffectiveDate", "usageType", "operation", "Region Code", "LeaseContractLength", "PurchaseOption",
                    "OfferingClass", "PriceDescription", "Location", "Location Type")
    )  # fmt: skip
    columns = "{" + ", ".join(f"'{name}': 'VARCHAR'" for name in COLUMNS) + "}"
    found = duckdb.sql(
        f"""SELECT {wanted} FROM read_csv('{path}', columns = {columns}, skip = {SKIPPED}, header = false,
        auto_detect = false, delim = ',', quote = '"', escape = '"')
        WHERE "TermType" IN ('OnDemand', 'Reserved') AND "Operating System" = 'Linux' AND "Tenancy" = 'Shared'
        AND "CapacityStatus" = 'Used' AND "Pre Installed S/W" = 'NA'"""
    ).fetchall()
    return len(found)


def ours(path: Path) -> int:
    """Return how many prices an import makes of it."""
    from cloudcost.catalog.books.importing.into_book import import_files

    with tempfile.TemporaryDirectory() as folder:
        os.environ["CLOUDCOST_DATA"] = folder
        return sum(len(each.prices) for each in import_files([path]).files)


SIDES = {"bare": bare, "import": ours}


def measured(side: str, path: Path) -> tuple[float, float, float, int]:
    """Return seconds, processor seconds, peak of memory in MiB and rows of one side, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.prices", "--side", side, "--file", str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    seconds, processor, peak, rows = json.loads(done.stdout)
    return float(seconds), float(processor), float(peak), int(rows)


def main() -> None:
    """Make the list, run both sides in turn and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--side", choices=SIDES)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--make", action="store_true")
    args = parser.parse_args()
    if args.make:
        make(args.file, args.rows)
        return
    if args.side:
        begin, used = time.perf_counter(), time.process_time()
        rows = SIDES[args.side](args.file)
        seconds, processor = time.perf_counter() - begin, time.process_time() - used
        print(json.dumps([seconds, processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, rows]))
        return
    with tempfile.TemporaryDirectory(prefix="cloudcost-prices-") as folder:
        path = Path(folder) / "index.csv"
        making = ["--make", "--rows", str(args.rows), "--file", str(path)]  # else its memory counts for the sides
        subprocess.run([sys.executable, "-m", "benchmarks.prices", *making], check=True)
        print(f"{args.rows:,} rows, {path.stat().st_size / 1e9:.2f} GB")
        runs: dict[str, list[tuple[float, float, float, int]]] = {side: [] for side in SIDES}
        for _ in range(args.times):
            for side in SIDES:
                runs[side].append(measured(side, path))
    wall = {side: min(run[0] for run in done) for side, done in runs.items()}
    processor_s = {side: min(run[1] for run in done) for side, done in runs.items()}
    for side, done in runs.items():
        peak, rows = max(run[2] for run in done), done[0][3]
        print(f"{side:<7}{wall[side]:7.2f} s {processor_s[side]:7.2f} s of processor {peak:7.0f} MiB  {rows:,} rows")
    print(f"speed of the import over the bare reading: {wall['bare'] / wall['import']:.2f} (0.7 asked)")
    print(
        f"the same by processor time, which other work disturbs less: {processor_s['bare'] / processor_s['import']:.2f}"
    )


if __name__ == "__main__":
    main()
