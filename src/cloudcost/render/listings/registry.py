"""The registry of outputs: all that verbs print; no command needs them all, so that nothing loads it but tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudcost.render.candidates.output import CandidatesOutput
from cloudcost.render.listings.device_outputs import DeviceListOutput, DeviceOutput
from cloudcost.render.listings.known import KnownOutput
from cloudcost.render.listings.outputs import (
    NamesOutput,
    NetworkListOutput,
    NetworkOutput,
    PredictionsOutput,
    PriceHistoryOutput,
    PriceListOutput,
    ProfileOutput,
    ProjectFileOutput,
    ScanOutput,
)
from cloudcost.render.outputs import (
    BillOutput,
    ChoiceOutput,
    ComparisonOutput,
    DifferenceOutput,
    EstimateOutput,
    ExplanationOutput,
    PricedBillOutput,
    QuickOutput,
    ReasonsOutput,
)

if TYPE_CHECKING:
    from cloudcost.render.outputs import Output

OUTPUTS: tuple[type[Output], ...] = (
    ComparisonOutput,
    ChoiceOutput,
    QuickOutput,
    ReasonsOutput,
    DifferenceOutput,
    EstimateOutput,
    BillOutput,
    CandidatesOutput,
    ExplanationOutput,
    PricedBillOutput,
    PriceListOutput,
    PriceHistoryOutput,
    PredictionsOutput,
    NetworkListOutput,
    NetworkOutput,
    DeviceListOutput,
    DeviceOutput,
    KnownOutput,
    ProfileOutput,
    ProjectFileOutput,
    NamesOutput,
    ScanOutput,
)
"""All that verbs print: one that lacks a format is named by the type checker here."""
