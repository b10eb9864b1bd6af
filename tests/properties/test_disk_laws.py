"""On random projects: what copies a data set onto a smaller disk is never feasible, and is priced all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.laws import examples

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.estimate import model_and_estimate
from cloudcost.catalog.aws.volumes import volume_facts
from cloudcost.domain.project import Option, Project
from cloudcost.testing import projects
from cloudcost.units import GIB

TODAY = date(2026, 11, 22)
NO_ROOM = 64 * 2**50
"""More than every disk that there is. [bytes]"""


@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
@given(projects(max_options=1), st.data())
def test_a_copy_on_a_disk_smaller_than_the_data_is_never_feasible(project: Project, data: st.DataObject) -> None:
    [option] = project.options
    assume(option.kind not in ("local", "cloud"))  # disks of machines that are stated are not known
    option = replace(option, reader="copy")
    if option.kind != "colab":
        option = replace(option, volume_gib=data.draw(st.integers(0, 2_000)))
    model, before = model_and_estimate(project, option, context_of(project, today=TODAY))
    assume(model is not None)
    assert model is not None
    own = model.machine.own_disk_bytes or 0
    volumes = (volume_facts("ec2-root").least_gib + (option.volume_gib or 0)) * GIB if option.kind != "colab" else 0
    disk = volumes + own
    larger = replace(project.dataset, size_bytes=data.draw(st.integers(disk + 1, NO_ROOM)))
    changed = replace(project, dataset=larger)
    estimate = model_and_estimate(changed, option, context_of(changed, today=TODAY))[1]
    assert not estimate.feasible
    if estimate.total_usd is not None:  # None: a region without a price, by name
        assert estimate.lines
        assert model.obstacle or "does not fit on" in estimate.reason
        assert before.total_usd is None or estimate.total_usd >= Decimal(0)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(projects(max_options=1), st.sampled_from(["g4dn.xlarge", "g5.xlarge", "p3.2xlarge"]))
def test_a_default_disk_is_never_the_obstacle(project: Project, instance: str) -> None:
    [option] = project.options
    default = Option(
        name="disk", kind="ec2", instance=instance, reader=option.reader, hours_per_run=option.hours_per_run or 1.0
    )
    estimate = model_and_estimate(project, default, context_of(project, today=TODAY))[1]
    assert "does not fit on" not in estimate.reason


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(projects(max_options=4))
def test_options_that_share_a_context_are_metered_as_alone(project: Project) -> None:
    together = context_of(project, today=TODAY)
    for option in project.options:
        alone = context_of(project, today=TODAY)
        assert model_and_estimate(project, option, together)[1] == model_and_estimate(project, option, alone)[1]
