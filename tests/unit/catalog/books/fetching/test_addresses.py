"""Addresses that lead nowhere are said in one line, wherever they come from."""

from __future__ import annotations

import pytest

from cloudcost.catalog.books.fetching.web import ask
from cloudcost.errors import DownloadError


@pytest.mark.parametrize(
    "url", ["https://prices..example", "https://.com", f"https://{'a' * 64}.com", "http://[::1", "https://[zz]/"]
)
def test_a_name_that_is_none_is_a_fault_of_the_address(url: str) -> None:
    with pytest.raises(DownloadError, match="leads to no address") as caught:
        ask(url, headers={}, timeout_seconds=1)
    assert len(str(caught.value).splitlines()) == 1
