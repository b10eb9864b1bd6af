"""The share of a step's time that a network of layers skipped at random takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cloudcost.errors import NetworkError
from cloudcost.networks.json_file import parse_network, to_json
from cloudcost.networks.registry import named_network
from cloudcost.timing.predict import predict_step


def test_a_step_takes_its_share_of_the_time_and_json_keeps_it() -> None:
    whole = named_network("lenet5")
    part = parse_network(to_json(replace(whole, share=0.75)))
    assert part == replace(whole, share=0.75)
    assert "share" not in to_json(whole)
    seconds = [predict_step(network, batch=32, device="T4").seconds for network in (whole, part)]
    assert seconds[1] == pytest.approx(0.75 * seconds[0])
    measured = [predict_step(each, batch=32, device="T4", measured={"T4": 0.01}).seconds for each in (whole, part)]
    assert measured[1] == pytest.approx(0.01, rel=0.05)


@pytest.mark.parametrize("share", ["0", "1.5", "true", '"all"', "-1"])
def test_what_is_no_share_is_told(share: str) -> None:
    text = to_json(named_network("lenet5")).replace('"parameters": 61706', f'"parameters": 61706, "share": {share}', 1)
    assert f'"share": {share}' in text
    with pytest.raises(NetworkError, match="share: a number above 0 and up to 1, not"):
        parse_network(text)
