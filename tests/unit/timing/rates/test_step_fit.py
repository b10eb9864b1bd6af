"""The form of a step's time: slopes, prior, and a fit that recovers what made the data."""

from __future__ import annotations

import numpy as np
import pytest

from cloudcost.networks.registry import named_network
from cloudcost.timing.rates.equation import (
    PRIOR,
    PROFILE_SCALE,
    SIZE,
    Array,
    Work,
    seconds,
    seconds_and_slopes,
    sheet_scale,
)
from cloudcost.timing.rates.features import features_of
from cloudcost.timing.rates.fitting import Measurements, fit, prior_covariance

PEAK, BANDWIDTH = 8000.0, 300.0


def _work(names: tuple[str, ...] = ("resnet18", "vgg11", "mobilenet_v2", "densenet121")) -> Work:
    rows, records, gigabytes = [], [], []
    for name in names:
        features = features_of(named_network(name, image_px=96))
        for batch in (8, 32, 128):
            rows.append(features.at([batch], PEAK / BANDWIDTH)[0])
            records.append(features.records)
            gigabytes.append(features.input_gb * batch)
    return Work(
        device=np.array(rows) * sheet_scale(PEAK, BANDWIDTH), records=np.array(records), input_gb=np.array(gigabytes)
    )


def test_slopes_are_those_of_the_logarithm() -> None:
    work = _work()
    total, slopes = seconds_and_slopes(PRIOR, work)
    assert np.allclose(total, seconds(PRIOR, work))
    step = 1e-6
    for place in range(PROFILE_SCALE):
        shifted: Array = PRIOR.copy()
        shifted[place] += step
        numeric = (np.log(seconds(shifted, work)) - np.log(total)) / step
        assert np.allclose(slopes[:, place], numeric, atol=2e-5), place


def test_slopes_of_time_shares_add_up_to_one() -> None:
    _, slopes = seconds_and_slopes(PRIOR, _work())
    # doubling every coefficient and host time doubles the step; sharpness and the profile's scale are no times
    times = slopes[:, : PROFILE_SCALE - 1].sum(axis=1)
    assert np.allclose(times, 1.0)


def test_prior_covariance_is_symmetric_and_positive() -> None:
    spread = prior_covariance(3)
    assert spread.shape == (3 * SIZE, 3 * SIZE)
    assert np.array_equal(spread, spread.T)
    assert np.linalg.eigvalsh(spread).min() > 0


def test_fit_recovers_a_device_that_is_half_as_fast() -> None:
    work = _work()
    slow: Array = PRIOR.copy()
    slow[: PROFILE_SCALE - 1] += np.log(2)
    measured = seconds(slow, work)
    result = fit([Measurements(work=work, seconds=measured)], steps=12)
    # the prior pulls a fit of twelve rows back by a few per cent
    assert np.allclose(seconds(result.parameters[0], work) / measured, 1, atol=0.06)


def test_device_without_rows_is_told_by_the_others() -> None:
    work = _work()
    slow: Array = PRIOR.copy()
    slow[: PROFILE_SCALE - 1] += np.log(2)
    known = Measurements(work=work, seconds=seconds(slow, work))
    nothing = Work(device=work.device[:0], records=work.records[:0], input_gb=work.input_gb[:0])
    result = fit([known, Measurements(work=nothing, seconds=np.zeros(0))], steps=12)
    ratio = seconds(result.parameters[1], work) / seconds(PRIOR, work)
    assert (ratio > 1.1).all()
    assert (ratio < 2.0).all()


def test_variance_falls_with_more_rows() -> None:
    work = _work()
    few = Measurements(
        work=Work(device=work.device[:3], records=work.records[:3], input_gb=work.input_gb[:3]),
        seconds=seconds(PRIOR, work)[:3],
    )
    many = Measurements(work=work, seconds=seconds(PRIOR, work))
    _, slopes = seconds_and_slopes(PRIOR, work)

    def variance(rows: Measurements) -> float:
        covariance = fit([rows]).covariance
        return float(slopes[-1] @ covariance @ slopes[-1])

    assert variance(many) < variance(few)


@pytest.mark.parametrize("name", ["resnet50", "mobilenet_v3_large", "convnext_tiny", "regnet_y_400mf", "unet"])
def test_every_kind_of_operation_has_features(name: str) -> None:
    x = features_of(named_network(name)).at([16], 20.0)
    assert np.isfinite(x).all()
    assert (x >= 0).all()
