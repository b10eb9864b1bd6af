"""The registry of outputs: what a verb prints, in each format; every verb asks here.

An output is a result with what was asked of its words, and has a function for each format; it loads the one that is
asked for. A format is a name in `Format`, a case of `written`, and a method of `Output`: mypy then names each of
`OUTPUTS` that does not write it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never, get_args

from cloudcost.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from typing import Protocol

    from cloudcost.domain.devices import Instance
    from cloudcost.domain.lines import LineItem
    from cloudcost.domain.network import Network
    from cloudcost.domain.prices import Price, Source
    from cloudcost.render.predictions import Predictions
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.estimate import Estimate
    from cloudcost.results.reasons import Reasons

    class Output(Protocol):
        """A result that is written in each format."""

        def text(self) -> str:
            """Return it for a terminal."""
            ...

        def json(self) -> str:
            """Return it for programs."""
            ...

        def csv(self) -> str:
            """Return it for spreadsheets."""
            ...

        def markdown(self) -> str:
            """Return it for Markdown."""
            ...


Format: TypeAlias = Literal["text", "json", "csv", "md"]
FORMATS: tuple[Format, ...] = get_args(Format)


def written(output: Output, style: Format) -> str:
    """Return what a verb prints, in a format."""
    match style:
        case "text":
            return output.text()
        case "json":
            return output.json()
        case "csv":
            return output.csv()
        case "md":
            return output.markdown()
        case _:
            assert_never(style)


@dataclass(frozen=True, slots=True)
class ComparisonOutput:
    """The options side by side; with reasons, what would change the answer."""

    comparison: Comparison
    explain: bool = False
    reasons: Reasons | None = None

    def text(self) -> str:
        """Return the verdict, the table, and what stands beside it."""
        from cloudcost.render.comparison import comparison_text

        return comparison_text(self.comparison, explain=self.explain)

    def json(self) -> str:
        """Return `cloudcost.comparison/1`."""
        from cloudcost.render.records import comparison_json

        return comparison_json(self.comparison, self.reasons)

    def csv(self) -> str:
        """Return a row per option."""
        from cloudcost.render.records import comparison_csv

        return comparison_csv(self.comparison)

    def markdown(self) -> str:
        """Return the verdict, the table, and what stands beside it."""
        from cloudcost.render.comparison import comparison_markdown

        return comparison_markdown(self.comparison, explain=self.explain)


@dataclass(frozen=True, slots=True)
class EstimateOutput:
    """One option's bill with times and assumptions."""

    estimate: Estimate
    warnings: tuple[str, ...] = ()
    explain: bool = False

    def text(self) -> str:
        """Return the bill line by line, then times and assumptions."""
        from cloudcost.render.estimate import estimate_text

        return estimate_text(self.estimate, explain=self.explain)

    def json(self) -> str:
        """Return `cloudcost.estimate/1`."""
        from cloudcost.render.records import estimate_json

        return estimate_json(self.estimate, self.warnings)

    def csv(self) -> str:
        """Return a row per line of the bill."""
        return BillOutput(self.estimate.lines, self.explain).csv()

    def markdown(self) -> str:
        """Return the bill as a table, then assumptions."""
        from cloudcost.render.estimate import estimate_markdown

        return estimate_markdown(self.estimate, explain=self.explain, warnings=self.warnings)


@dataclass(frozen=True, slots=True)
class BillOutput:
    """Priced lines and their total."""

    lines: Sequence[LineItem]
    explain: bool = False

    def text(self) -> str:
        """Return the lines under their service, region and month."""
        from cloudcost.render.lines import lines_text

        return lines_text(self.lines, explain=self.explain)

    def json(self) -> str:
        """Return `cloudcost.priced/1`."""
        from cloudcost.render.lines import lines_json

        return lines_json(self.lines)

    def csv(self) -> str:
        """Return a row per line; with `explain` per tier."""
        from cloudcost.render.lines import lines_csv

        return lines_csv(self.lines, explain=self.explain)

    def markdown(self) -> str:
        """Return the lines as a table."""
        from cloudcost.render.lines import lines_markdown

        return lines_markdown(self.lines, explain=self.explain)


@dataclass(frozen=True, slots=True)
class PriceListOutput:
    """Rows of a price book; their sources in JSON."""

    prices: Sequence[Price]
    sources: tuple[Source, ...]
    book: str

    def text(self) -> str:
        """Return the rows under their service and region."""
        from cloudcost.render.prices import prices_text

        return prices_text(self.prices)

    def json(self) -> str:
        """Return `cloudcost.prices/1`."""
        from cloudcost.render.prices import prices_json

        return prices_json(self.prices, self.sources, book=self.book)

    def csv(self) -> str:
        """Return a row per price, with the columns of the shipped tables."""
        from cloudcost.render.prices import prices_csv

        return prices_csv(self.prices)

    def markdown(self) -> str:
        """Return the rows as a table."""
        from cloudcost.render.prices import prices_markdown

        return prices_markdown(self.prices)


@dataclass(frozen=True, slots=True)
class PriceHistoryOutput:
    """All that is known of a price or a machine type on a day."""

    prices: Sequence[Price]
    sources: tuple[Source, ...]
    book: str
    on: date
    machine: Instance | None
    startable: bool | None

    def text(self) -> str:
        """Return the machine, every price and every source."""
        from cloudcost.render.prices import show_text

        return show_text(self.prices, self.sources, on=self.on, machine=self.machine, startable=self.startable)

    def json(self) -> str:
        """Return `cloudcost.prices/1` with the machine."""
        from cloudcost.render.prices import prices_json

        return prices_json(self.prices, self.sources, book=self.book, machine=self.machine, startable=self.startable)

    def csv(self) -> str:
        """Return a row per price."""
        return PriceListOutput(self.prices, self.sources, self.book).csv()

    def markdown(self) -> str:
        """Return the prices as a table."""
        return PriceListOutput(self.prices, self.sources, self.book).markdown()


@dataclass(frozen=True, slots=True)
class PredictionsOutput:
    """Predicted steps on several devices."""

    predictions: Predictions

    def text(self) -> str:
        """Return a table, then the notes."""
        from cloudcost.render.predictions import predictions_text

        return predictions_text(self.predictions)

    def json(self) -> str:
        """Return `cloudcost.prediction/1`."""
        from cloudcost.render.predictions import predictions_json

        return predictions_json(self.predictions)

    def csv(self) -> str:
        """Return a row per device."""
        from cloudcost.render.predictions import predictions_csv

        return predictions_csv(self.predictions)

    def markdown(self) -> str:
        """Return a table."""
        from cloudcost.render.predictions import predictions_markdown

        return predictions_markdown(self.predictions)


@dataclass(frozen=True, slots=True)
class NetworkListOutput:
    """The named CNNs."""

    networks: Sequence[Network]

    def text(self) -> str:
        """Return a table."""
        from cloudcost.render.networks import networks_table

        return networks_table(self.networks, "text")

    def json(self) -> str:
        """Return `cloudcost.networks/1`."""
        from cloudcost.render.networks import networks_json

        return networks_json(self.networks)

    def csv(self) -> str:
        """Return a row per CNN."""
        from cloudcost.render.networks import networks_table

        return networks_table(self.networks, "csv")

    def markdown(self) -> str:
        """Return a table."""
        from cloudcost.render.networks import networks_table

        return networks_table(self.networks, "md")


@dataclass(frozen=True, slots=True)
class NetworkOutput:
    """One CNN with its operations."""

    network: Network

    def text(self) -> str:
        """Return a table of the operations."""
        from cloudcost.render.networks import operations_table

        return operations_table(self.network, "text")

    def json(self) -> str:
        """Return `cloudcost.network/1`, which can be read again."""
        from cloudcost.networks.json_file import to_json

        return to_json(self.network)

    def csv(self) -> str:
        """Return a row per operation."""
        from cloudcost.render.networks import operations_table

        return operations_table(self.network, "csv")

    def markdown(self) -> str:
        """Return a table of the operations."""
        from cloudcost.render.networks import operations_table

        return operations_table(self.network, "md")


OUTPUTS: tuple[type[Output], ...] = (
    ComparisonOutput,
    EstimateOutput,
    BillOutput,
    PriceListOutput,
    PriceHistoryOutput,
    PredictionsOutput,
    NetworkListOutput,
    NetworkOutput,
)
"""All that verbs print."""
