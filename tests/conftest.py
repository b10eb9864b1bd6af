"""Fixtures that every test folder may use."""

from __future__ import annotations

import gc
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from tests import laws

# A shared machine may stall for a moment: no deadlines. In CI the same examples are drawn each time.
IN_CI = bool(os.environ.get("CI"))
for name, drawn in (("full", 60), ("quick", 25)):
    settings.register_profile(name, deadline=None, derandomize=IN_CI, max_examples=drawn)
settings.load_profile("full")

# Small matrices: threads wait for each other longer than they work, twice as long where something else runs. It counts
# as long as NumPy is not loaded yet.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# No test reads or writes the price books of whoever runs it; children of tests inherit this.
_NO_BOOKS = tempfile.TemporaryDirectory(prefix="cloudcost-test-data-")
os.environ["CLOUDCOST_DATA"] = _NO_BOOKS.name

REPOSITORY = Path(__file__).resolve().parents[1]


def pytest_configure(config: pytest.Config) -> None:
    """Hold laws to fewer examples where slow tests are left out, and let child processes be interrupted."""
    laws.quick = config.getoption("markexpr") == "not slow"
    if laws.quick:
        settings.load_profile("quick")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell that is no terminal starts what runs in the background without Ctrl-C, and children inherit that:
        # a test could not interrupt them.
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for no garbage while tests are collected: what is made then lives on."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of shared study data beside the checkout, or skip where it is not there."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the folder shared/data is not beside this checkout")
    return folder
