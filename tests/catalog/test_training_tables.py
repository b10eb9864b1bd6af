"""Optimizers and precisions: a row for each that a project file may name, with a source, as PyTorch keeps them."""

from __future__ import annotations

from typing import get_args

from cloudcost.catalog.tables import sources
from cloudcost.catalog.training.optimizers import optimizers
from cloudcost.catalog.training.precisions import precisions
from cloudcost.domain.project import Optimizer, Precision


def test_every_optimizer_and_precision_has_a_row_with_a_source() -> None:
    assert set(optimizers()) == set(get_args(Optimizer))
    assert set(precisions()) == set(get_args(Precision))
    dated = [(row.source, row.as_of) for row in optimizers().values()]
    dated += [(row.source, row.as_of) for row in precisions().values()]
    assert all(sources()[source].read_on >= as_of for source, as_of in dated)


def test_an_update_reads_its_moments() -> None:
    """Each moment is brought up to date by a call that reads it and another tensor, beside the one of the weights."""
    for facts in optimizers().values():
        assert sum(reads > 1 for _, reads in facts.update) == facts.moments + 1
        assert all(reads >= 1 for _, reads in facts.update)
