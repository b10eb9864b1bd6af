"""The result of a statement that cannot be read is told by its own name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cloudcost.errors import InputError
from cloudcost.scan.inventory.result import scan_result


def test_a_result_that_is_not_there_or_no_file_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.csv", tmp_path):
        with pytest.raises(InputError, match=f"{path}: cannot be read, .*, name the CSV"):
            scan_result(path, on=date(2026, 11, 22), most=300)
