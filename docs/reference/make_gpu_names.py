"""Write the table of names of `which-gpu-is-mine.md`: ``python docs/reference/make_gpu_names.py``.

What is printed is written here, and the device that it means is what the library finds: a name that it does not know
is an error. A test compares the page with what this makes, so that the two cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cloudcost.catalog.devices import device
from cloudcost.figures import figure
from cloudcost.units import GB

PAGE = Path(__file__).parents[1] / "how-to" / "which-gpu-is-mine.md"
BEGIN, END = "<!-- names: begin -->", "<!-- names: end -->"
PRINTED = {
    "Colab, free or paid": ("Tesla T4",),
    "Colab, paid": ("NVIDIA L4", "NVIDIA A100-SXM4-40GB", "NVIDIA A100-SXM4-80GB",
                    "NVIDIA RTX PRO 6000 Blackwell Server Edition"),
    "Kaggle": ("Tesla P100-PCIE-16GB", "Tesla T4"),
    "SageMaker Studio Lab": ("Tesla T4",),
    "EC2 g4dn, SageMaker ml.g4dn": ("Tesla T4",),
    "EC2 g5, SageMaker ml.g5": ("NVIDIA A10G",),
    "EC2 g6, SageMaker ml.g6": ("NVIDIA L4",),
    "EC2 g6e, SageMaker ml.g6e": ("NVIDIA L40S",),
    "EC2 p3, SageMaker ml.p3": ("Tesla V100-SXM2-16GB",),
    "EC2 p4d, SageMaker ml.p4d": ("NVIDIA A100-SXM4-40GB",),
    "EC2 p5, SageMaker ml.p5": ("NVIDIA H100 80GB HBM3",),
    "a laptop with NVIDIA": (
        "NVIDIA GeForce RTX 4060 Laptop GPU", "NVIDIA GeForce RTX 3050 6GB Laptop GPU",
        "NVIDIA GeForce GTX 1660 Ti with Max-Q Design", "NVIDIA RTX A2000 Laptop GPU",
    ),
    "a desktop with NVIDIA": (
        "NVIDIA GeForce RTX 3060", "NVIDIA GeForce RTX 4070 Ti SUPER", "NVIDIA GeForce GTX 1080 Ti", "NVIDIA TITAN RTX",
    ),
    "a workstation": ("NVIDIA RTX A6000", "NVIDIA RTX 6000 Ada Generation", "Quadro RTX 6000"),
    "a Mac": ("Apple M1", "Apple M2 Pro", "Apple M3 Max", "Apple M4"),
    "AMD": ("AMD Radeon RX 7900 XTX", "AMD Radeon PRO W7900", "AMD Instinct MI210"),
    "Intel": ("Intel(R) Arc(TM) A770 Graphics",),
    "a processor alone": ("Intel(R) Core(TM) i7-9750H CPU @ 2.60GHz", "AMD Ryzen 7 5800X 8-Core Processor"),
}  # fmt: skip
"""What machines print, by where. How the drivers spell names is general knowledge of November 2026."""


def rows() -> Iterator[str]:
    """Yield a row per name that is printed."""
    for place, names in PRINTED.items():
        for name in names:
            meant = device(name)
            memory = (
                f"{figure(meant.memory_bytes / GB)} GB"
                if meant.memory_bytes and meant.kind == "gpu"
                else "the machine's"
            )
            yield f"| {place} | `{name}` | **{meant.name}** | {memory} |"


def page(text: str) -> str:
    """Return the page with its table made anew."""
    before, _, rest = text.partition(BEGIN)
    head = "| on | printed | device | memory |\n|---|---|---|---:|"
    return f"{before}{BEGIN}\n{head}\n{chr(10).join(rows())}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
