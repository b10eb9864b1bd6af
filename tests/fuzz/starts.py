"""Valid inputs of every reader and verb, from which the fuzzing starts; `@NAME` in words or files names another file."""

# ruff: noqa: E501 - a command line per line

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

ROOT = Path(__file__).parents[2]
TODAY = ("--today", "2026-11-22")
NO_DRAWS = ("--draws", "0", *TODAY)

SMALL = b"""[project]
name = "fuzz"
duration = "4 days"
start = 2026-12-01
[dataset]
images = 1000
size = "1 GB"
[[training]]
network = "alexnet"
image_px = 64
batch = 32
epochs = 2
runs = 3
[[option]]
kind = "ec2"
instance = "g4dn.xlarge"
[[option]]
kind = "local"
owned = true
device = "RTX 3060"
watts = 300
country = "MEX"
"""
WIDE = b"""[project]
region = "us-east-1"
duration = "10 days"
start = 2026-12-01
keep_months = 2
tax_rate = 0.16
credits_usd = 10
hours_per_day = 12
machines = 2
[dataset]
images = 5000
size = "3 GB"
reader = "shards"
uploads = 2
downloads = 1
versioning = true
lifecycle = [{to = "GLACIER", after_days = 30}]
[[training]]
network = "resnet18"
image_px = 64
epochs = {low = 2, mode = 4, high = 9}
runs = {mean = 3}
validation_images = 100
checkpoint = {size = "90 MB", every_epochs = 2}
[[training]]
name = "own"
network = "@net.json"
batch = 8
hours_per_run = 0.5
hours_per_run_on = "T4"
[[option]]
name = "spot"
kind = "ec2"
instance = "g4dn.xlarge"
purchase = "spot"
volume_gib = 50
nat = true
[[option]]
name = "sm"
kind = "sagemaker"
instance = "ml.g4dn.xlarge"
notebook_instance = "ml.t3.medium"
notebook_hours = 3
[[option]]
name = "colab"
kind = "colab"
accelerator = "T4"
[[option]]
name = "bought"
kind = "local"
device = "RTX 3060"
purchase_usd = 1200
resale = 0.3
charge = "share"
watts = 320
idle_watts = 40
electricity_usd_per_kwh = 0.2
vcpu = 8
hours_per_run = 1
"""
PROFILED = b"""[dataset]
images = 1000
size = "100 MB"
location = "local"
[[training]]
network = "alexnet"
image_px = 64
batch = 8
epochs = 2
optimizer = "momentum"
profile = "@run.json"
[[option]]
kind = "local"
owned = true
device = "Intel Core i7-9700K"
watts = 65
country = "MEX"
"""
USAGE = b"""service,region,usage_type,quantity,unit,operation,month,purchase
AmazonS3,us-east-1,TimedStorage-ByteHrs,60000,GB-Mo,,2026-10,on-demand
AmazonS3,us-east-1,Requests-Tier1,1000000,Requests,,2026-10,
AmazonEC2,us-east-1,BoxUsage:g4dn.xlarge,12.5,Hrs,,2026-10,on-demand
AmazonEC2,us-east-1,EBS:VolumeUsage.gp3,100,GB-Mo,,,
AWSDataTransfer,us-east-1,DataTransfer-Out-Bytes,120,GB,,2026-10,
AmazonSageMaker,us-east-1,Train:ml.g4dn.xlarge,3,Hrs,,,
"""


@dataclass(frozen=True)
class Example:
    """A command line that works, with the files that it reads."""

    name: str
    weight: float
    words: tuple[str, ...]
    files: Mapping[str, bytes]


@cache
def examples() -> list[Example]:
    """Return the examples; light ones weigh more."""
    from cloudcost.networks.json_file import to_json
    from cloudcost.networks.registry import named_network
    from cloudcost.profiling.fit import fit_machine
    from cloudcost.profiling.record import parse_profile
    from cloudcost.timing.calls.own_machine_file import to_json as machine_json

    packed = (ROOT / "benchmarks/profiles/runs/alexnet-64px.json.gz").read_bytes()
    run = gzip.decompress(packed)
    machine = machine_json(fit_machine([("run", parse_profile(run.decode()))], spread=False)).encode()
    net = to_json(named_network("lenet5")).encode()
    split = to_json(named_network("shufflenet_v2_x0_5", image_px=32, classes=10)).encode()
    gpu = (files("cloudcost.timing.rates") / "data" / "t4-fp32.json").read_bytes()
    one, wide = {"p.toml": SMALL}, {"p.toml": WIDE, "net.json": net}
    profiled = {"p.toml": PROFILED, "run.json": run}
    at = "@p.toml"
    return [
        Example("price", 40, ("price", "@u.csv", *TODAY), {"u.csv": USAGE}),
        Example("price", 4, ("price", "@u.csv", "--free-tier", "--format", "json", *TODAY), {"u.csv": USAGE}),
        Example("networks", 22, ("networks", "@net.json", "--format", "text"), {"net.json": net}),
        Example("networks", 4, ("networks", "@net.json", "--format", "md"), {"net.json": split}),
        Example("networks", 1, ("networks", "resnet18", "--image-px", "64", "--classes", "3", "--format", "csv"), {}),
        Example("predict", 10, ("predict", "@net.json", "--batch", "8", "--device", "T4", "--format", "json"), {"net.json": net}),
        Example("predict", 8, ("predict", "lenet5", "--batch", "8", "--device", "@gpu.json", "--format", "json"), {"gpu.json": gpu}),
        Example("predict", 5, ("predict", "lenet5", "--batch", "8", "--device", "@m.json"), {"m.json": machine}),
        Example("predict", 2, ("predict", "lenet5", "--batch", "8", "--instance", "g4dn.xlarge", "--measured", "T4=0.1",
                               "--precision", "amp", "--gpus", "1", "--optimizer", "adam", "--stack", "tf2.5"), {}),
        Example("fit", 3, ("fit", "@run.json", "-o", "out.json"), {"run.json": run}),
        Example("fit", 2, ("fit", "@run.json.gz", "-o", "out.json"), {"run.json.gz": packed}),
        Example("prices", 2, ("prices", "show", "g4dn.xlarge", "--region", "us-east-1", *TODAY), {}),
        Example("prices", 1, ("prices", "list", "--service", "AmazonS3", "--region", "us-east-1", "--contains", "Req"), {}),
        Example("compare", 6, ("compare", at, *NO_DRAWS), one),
        Example("compare", 2, ("compare", at, "--format", "json", *NO_DRAWS), wide),
        Example("compare", 0.9, ("compare", at, "--draws", "20", "--budget", "5", "--deadline", "2 days", *TODAY), wide),
        Example("compare", 2, ("compare", at, *NO_DRAWS), profiled),
        Example("estimate", 3, ("estimate", at, "--option", "ec2 g4dn.xlarge", "--explain", *NO_DRAWS), one),
        Example("estimate", 2, ("estimate", at, "--option", "spot", "--format", "csv", *NO_DRAWS), wide),
        Example("sweep", 2, ("sweep", at, "--over", "training.runs=1:3", "--workers", "1", *TODAY), one),
        Example("sweep", 1, ("sweep", at, "--over", "dataset.size=log:1 GB..9 GB", "--sample", "3", "--workers", "1",
                             "-o", "out.csv", *TODAY), one),
        Example("init", 0.5, ("init", "out.toml"), {}),
        Example("schema", 0.2, ("schema", "--format", "md"), {}),
        Example("explain", 0.9, ("compare", at, "--explain", *NO_DRAWS), one),
        Example("explain", 0.5, ("compare", at, "--explain", *NO_DRAWS), wide),
        Example("report", 0.6, ("report", at, "-o", "out.html", "--force", *NO_DRAWS), one),
        Example("report", 0.25, ("report", at, "-o", "out.html", "--force", "--draws", "20", *TODAY), wide),
        Example("plot", 0.25, ("compare", at, "--plot", "plots", *NO_DRAWS), one),
    ]  # fmt: skip
