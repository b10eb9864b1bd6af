"""A sweep on a real Dask cluster of worker processes gives the rows of this process."""

from __future__ import annotations

from datetime import date

import pytest

from cloudcost.analysis.sweep.plan import plan_sweep
from cloudcost.analysis.sweep.run import chunks_of
from cloudcost.errors import InputError
from cloudcost.project.bundled import bundled_project_text

distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")
TODAY = date(2026, 11, 22)
pytestmark = pytest.mark.filterwarnings("default")  # the cluster's own, of ports and event loops


@pytest.mark.slow
def test_a_cluster_gives_the_same_rows() -> None:
    job = plan_sweep(
        bundled_project_text("reto"), file="reto.toml", path="", today=TODAY, sample=600, seed=5,
        over=["training.runs=1..20", "project.keep_months=0..6"],
    )  # fmt: skip
    here = list(chunks_of(job, workers=1))
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        there = list(chunks_of(job, dask=cluster.scheduler_address))
    assert len(there) == 3
    assert there == here


def test_an_address_where_nobody_answers_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cloudcost.analysis.sweep.run.PATIENCE_SECONDS", 1)
    job = plan_sweep(bundled_project_text("reto"), file="reto.toml", path="", today=TODAY, over=["training.runs=1,2"])
    with pytest.raises(InputError, match="no Dask scheduler answers"):
        list(chunks_of(job, dask="tcp://127.0.0.1:9"))
