"""The outputs that list what the product knows or measured, in each format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudcost.frozen import dataclass
from cloudcost.render.tables.screen import USUAL, Screen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from cloudcost.domain.devices import Instance
    from cloudcost.domain.network import Network
    from cloudcost.domain.prices import Price, Source
    from cloudcost.domain.profile import Profile
    from cloudcost.render.listings.predictions import Predictions
    from cloudcost.scan.content import Scan


@dataclass(frozen=True, slots=True)
class PriceListOutput:
    """Rows of a price book; their sources in JSON."""

    prices: Sequence[Price]
    sources: tuple[Source, ...]
    book: str

    def text(self) -> str:
        """Return the rows under their service and region."""
        from cloudcost.render.listings.prices import prices_text

        return prices_text(self.prices)

    def json(self) -> str:
        """Return `cloudcost.prices/1`."""
        from cloudcost.render.listings.prices import prices_json

        return prices_json(self.prices, self.sources, book=self.book)

    def csv(self) -> str:
        """Return a row per price, with the columns of the shipped tables."""
        from cloudcost.render.listings.prices import prices_csv

        return prices_csv(self.prices)

    def markdown(self) -> str:
        """Return the rows as a table."""
        from cloudcost.render.listings.prices import prices_markdown

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
        from cloudcost.render.listings.prices import show_text

        return show_text(self.prices, self.sources, on=self.on, machine=self.machine, startable=self.startable)

    def json(self) -> str:
        """Return `cloudcost.prices/1` with the machine."""
        from cloudcost.render.listings.prices import prices_json

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
    screen: Screen = USUAL

    def text(self) -> str:
        """Return a table, then the notes."""
        from cloudcost.render.listings.predictions import predictions_text

        return predictions_text(self.predictions, width=self.screen.prose)

    def json(self) -> str:
        """Return `cloudcost.prediction/1`."""
        from cloudcost.render.listings.predictions import predictions_json

        return predictions_json(self.predictions)

    def csv(self) -> str:
        """Return a row per device."""
        from cloudcost.render.listings.predictions import predictions_csv

        return predictions_csv(self.predictions)

    def markdown(self) -> str:
        """Return a table."""
        from cloudcost.render.listings.predictions import predictions_markdown

        return predictions_markdown(self.predictions)


@dataclass(frozen=True, slots=True)
class NetworkListOutput:
    """The named CNNs."""

    networks: Sequence[Network]

    def text(self) -> str:
        """Return a table."""
        from cloudcost.render.listings.networks import networks_table

        return networks_table(self.networks, "text")

    def json(self) -> str:
        """Return `cloudcost.networks/1`."""
        from cloudcost.render.listings.networks import networks_json

        return networks_json(self.networks)

    def csv(self) -> str:
        """Return a row per CNN."""
        from cloudcost.render.listings.networks import networks_table

        return networks_table(self.networks, "csv")

    def markdown(self) -> str:
        """Return a table."""
        from cloudcost.render.listings.networks import networks_table

        return networks_table(self.networks, "md")


@dataclass(frozen=True, slots=True)
class NetworkOutput:
    """One CNN with its operations."""

    network: Network

    def text(self) -> str:
        """Return a table of the operations."""
        from cloudcost.render.listings.networks import operations_table

        return operations_table(self.network, "text")

    def json(self) -> str:
        """Return `cloudcost.network/1`, which can be read again."""
        from cloudcost.networks.json_file import to_json

        return to_json(self.network)

    def csv(self) -> str:
        """Return a row per operation."""
        from cloudcost.render.listings.networks import operations_table

        return operations_table(self.network, "csv")

    def markdown(self) -> str:
        """Return a table of the operations."""
        from cloudcost.render.listings.networks import operations_table

        return operations_table(self.network, "md")


@dataclass(frozen=True, slots=True)
class ProfileOutput:
    """What was measured of a CNN, and the file that it went to."""

    profile: Profile
    path: Path | None

    def text(self) -> str:
        """Return steps, kinds of operation, and what was timed beside them."""
        from cloudcost.render.listings.profiles import profile_text

        return profile_text(self.profile, self.path)

    def json(self) -> str:
        """Return `cloudcost.profile/1`, which can be read again."""
        from cloudcost.profiling.record import to_json

        return to_json(self.profile)

    def csv(self) -> str:
        """Return a row per operation and batch."""
        from cloudcost.render.listings.profiles import profile_csv

        return profile_csv(self.profile)

    def markdown(self) -> str:
        """Return the steps as a table."""
        from cloudcost.render.listings.profiles import profile_markdown

        return profile_markdown(self.profile)


@dataclass(frozen=True, slots=True)
class ProjectFileOutput:
    """The keys of a project file."""

    def text(self) -> str:
        """Return each key under its table."""
        from cloudcost.render.listings.project_file import keys_text

        return keys_text()

    def json(self) -> str:
        """Return the JSON Schema."""
        from cloudcost.project.describe.schema import project_schema_text

        return project_schema_text()

    def csv(self) -> str:
        """Return a row per key."""
        from cloudcost.render.listings.project_file import keys_csv

        return keys_csv()

    def markdown(self) -> str:
        """Return the reference page."""
        from cloudcost.project.describe.reference import project_reference

        return project_reference()


@dataclass(frozen=True, slots=True)
class NamesOutput:
    """The names that the keys of a project file take."""

    def text(self) -> str:
        """Return each sort under its keys."""
        from cloudcost.project.checks.known import known_names_text

        return known_names_text()

    def json(self) -> str:
        """Return `cloudcost.names/1`."""
        from cloudcost.render.listings.project_file import names_json

        return names_json()

    def csv(self) -> str:
        """Return a row per name."""
        from cloudcost.render.listings.project_file import names_csv

        return names_csv()

    def markdown(self) -> str:
        """Return a row per sort."""
        from cloudcost.render.listings.project_file import names_markdown

        return names_markdown()


@dataclass(frozen=True, slots=True)
class ScanOutput:
    """What really lies somewhere; as `toml` it is a table of a project file."""

    scan: Scan

    def toml(self) -> str:
        """Return the `[dataset]` table."""
        from cloudcost.render.listings.scans import scan_toml

        return scan_toml(self.scan)

    def text(self) -> str:
        """Return sums, sizes, classes and pixels."""
        from cloudcost.render.listings.scans import scan_text

        return scan_text(self.scan)

    def json(self) -> str:
        """Return `cloudcost.scan/1`."""
        from cloudcost.render.listings.scans import scan_json

        return scan_json(self.scan)

    def csv(self) -> str:
        """Return a row per class of objects."""
        from cloudcost.render.listings.scans import scan_csv

        return scan_csv(self.scan)

    def markdown(self) -> str:
        """Return sums as sentences, sizes and classes as tables."""
        from cloudcost.render.listings.scans import scan_markdown

        return scan_markdown(self.scan)
