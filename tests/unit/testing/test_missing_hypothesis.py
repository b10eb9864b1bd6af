"""Without hypothesis `cloudcost.testing` says what to install."""

from __future__ import annotations

import importlib
import sys

import pytest

import cloudcost.testing
from cloudcost.errors import MissingExtraError


def test_the_error_is_the_line_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    monkeypatch.delitem(sys.modules, "cloudcost.testing")
    with pytest.raises(MissingExtraError, match=r"pip install hypothesis$"):
        importlib.import_module("cloudcost.testing")


def test_every_public_strategy_is_documented() -> None:
    assert cloudcost.testing.__doc__ is not None
    for name in cloudcost.testing.__all__:
        assert f"`{name}`" in cloudcost.testing.__doc__
        assert getattr(cloudcost.testing, name).__doc__
