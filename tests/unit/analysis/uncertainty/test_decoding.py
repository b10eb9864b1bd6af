"""The rate at which a core decodes images is not certain: no time that it limits has a band of no width."""

from __future__ import annotations

from datetime import date
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.analysis.compare import compare, context_of
from cloudcost.analysis.estimate import estimate_model
from cloudcost.analysis.matters.what_matters import what_matters
from cloudcost.analysis.uncertainty.scenarios import simulate
from cloudcost.options.model import OptionModel, build_model
from cloudcost.project.file import parse_project
from cloudcost.results.spreads import Spreads
from cloudcost.timing.loading import DECODE_FACTOR

TODAY = date(2026, 11, 22)
EC2 = '[[option]]\nname = "EC2"\nkind = "ec2"\ninstance = "g4dn.xlarge"\n'
PC = '[[option]]\nname = "PC"\nkind = "local"\nowned = true\ncountry = "DEU"\ndevice = "RTX 4090"\nvcpu = 8\n'
FIXED = '[[option]]\nname = "timed"\nkind = "ec2"\ninstance = "g5.xlarge"\nhours_per_run = 3\n'


def _text(options: str, *, network: str = "resnet18", size: str = "30 GB", batch: int = 64) -> str:
    return (
        f'[project]\nname = "p"\nduration = "60 days"\n[dataset]\nimages = 60000\nsize = "{size}"\n'
        f'[[training]]\nnetwork = "{network}"\nbatch = {batch}\nepochs = 20\nruns = 2\n{options}'
    )


def _model(text: str, option: int = 0) -> OptionModel:
    project = parse_project(text, name="p.toml", today=TODAY)
    return build_model(project, project.options[option], context_of(project, today=TODAY))


@given(
    network=st.sampled_from(["resnet18", "squeezenet1_1", "mobilenet_v2"]),
    gigabytes=st.integers(1, 200),
    batch=st.sampled_from([8, 64, 256]),
    option=st.sampled_from([EC2, PC, EC2 + 'reader = "stream"\n', EC2.replace("xlarge", "16xlarge")]),
)
def test_what_decoding_limits_has_a_band(network: str, gigabytes: int, batch: int, option: str) -> None:
    model = _model(_text(option, network=network, size=f"{gigabytes} GB", batch=batch))
    [timed] = model.timed
    estimate = estimate_model(model)
    low, high = estimate.interval_seconds or (0.0, 0.0)
    assert low <= (estimate.seconds_per_iteration or 0.0) * (1 + 1e-9) <= high * (1 + 2e-9)
    if timed.loader.decoding > max(timed.step.seconds, timed.loader.reading):
        assert low < high
        [simulated] = simulate([model], draws=200, spreads=Spreads.only("decoding"))
        assert simulated.hours.values.min() < simulated.hours.values.max()
        assert simulated.totals_usd.values.min() < simulated.totals_usd.values.max()


def test_the_rate_is_drawn_within_its_factor_and_never_below_the_device() -> None:
    model = _model(_text(EC2))
    [timed] = model.timed
    [simulated] = simulate([model], draws=4000, spreads=Spreads.only("decoding"))
    work = model.plans[0].work_seconds * 2 / 3600
    low, high = simulated.hours.quantiles((0.1, 0.9))
    assert high - work == pytest.approx((DECODE_FACTOR - 1) * work, rel=0.1)
    assert low >= work * timed.step.seconds / timed.loader.seconds


def test_one_decoder_serves_every_option() -> None:
    """Common luck: options that decoding limits alike take the same time in every scenario in which it does."""
    text = _text(EC2 + EC2.replace('"EC2"', '"two"').replace("g4dn", "g5"))
    first, second = simulate([_model(text, 0), _model(text, 1)], draws=300, spreads=Spreads.only("decoding"))
    limited = first.hours.values > first.hours.values.min() * 1.01
    assert limited.mean() > 0.9
    assert first.hours.values[limited] == pytest.approx(second.hours.values[limited], rel=0.05)


def test_what_decoding_cannot_limit_is_not_drawn_and_not_told() -> None:
    project = parse_project(_text(FIXED), name="p.toml", today=TODAY)
    sure = compare(project, today=TODAY, draws=100).uncertainty
    assert sure is not None
    assert not sure.spreads.decoding
    slow = _model(_text(EC2, network="vgg16", size="1 GB"))
    assert all(timed.decode_sd == 0 < timed.loader.decoding for timed in slow.timed)
    assert all(log(timed.step.seconds / timed.loader.decoding) > 1 for timed in slow.timed)


def test_the_tornado_and_the_reasons_know_it() -> None:
    project = parse_project(_text(EC2 + FIXED), name="p.toml", today=TODAY)
    matters = what_matters(project, context_of(project, today=TODAY))
    [row] = [row for row in matters.tornado if row.parameter == "decoding"]
    assert row.low == pytest.approx(1 / DECODE_FACTOR)
    assert row.high == pytest.approx(DECODE_FACTOR)
    assert row.swing_usd > 0 or row.lead_swing_usd > 0
    assert "imread-benchmark" in row.source
