"""The outputs of the known devices, in each format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudcost.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloudcost.timing.known import KnownDevice


@dataclass(frozen=True, slots=True)
class DeviceListOutput:
    """The known devices."""

    known: Sequence[KnownDevice]

    def text(self) -> str:
        """Return a table, then what its words mean."""
        from cloudcost.render.listings.devices import devices_text

        return devices_text(self.known)

    def json(self) -> str:
        """Return `cloudcost.known_devices/1`."""
        from cloudcost.render.listings.devices import devices_json

        return devices_json(self.known)

    def csv(self) -> str:
        """Return a row per device."""
        from cloudcost.render.listings.devices import devices_csv

        return devices_csv(self.known)

    def markdown(self) -> str:
        """Return a table."""
        from cloudcost.render.listings.devices import devices_markdown

        return devices_markdown(self.known)


@dataclass(frozen=True, slots=True)
class DeviceOutput:
    """All that is known of one device."""

    known: KnownDevice

    def text(self) -> str:
        """Return a line for each fact."""
        from cloudcost.render.listings.devices import device_text

        return device_text(self.known)

    def json(self) -> str:
        """Return `cloudcost.known_devices/1` with its prices and machine types."""
        from cloudcost.render.listings.devices import device_json

        return device_json(self.known)

    def csv(self) -> str:
        """Return its row."""
        return DeviceListOutput((self.known,)).csv()

    def markdown(self) -> str:
        """Return a row for each fact."""
        from cloudcost.render.listings.devices import device_markdown

        return device_markdown(self.known)
