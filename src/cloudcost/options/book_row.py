"""A machine of a price book in a region, bought in one way, as an option of a project."""

from __future__ import annotations

from cloudcost.catalog.colab import plan
from cloudcost.catalog.instances import instances
from cloudcost.domain.kinds import KINDS
from cloudcost.domain.prices import PriceKey
from cloudcost.domain.project import Option, OptionKind
from cloudcost.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BookRow:
    """One machine in one region, bought in one way.

    Parameters
    ----------
    kind : OptionKind
    provider : str
        ``aws``, ``colab``, ``gcp`` ...
    instance : str
        The type, or the accelerator of Colab.
    region : str
        Empty where the price is that of every region.
    purchase : str
    plan : str
        Of Colab; empty elsewhere.
    key : PriceKey or None
        Of its hours; None where they are paid in units.
    count : int
        Rows that this stands for: types without a known GPU are told together, without a name. [count]
    """

    kind: OptionKind
    provider: str
    instance: str
    region: str
    purchase: str
    plan: str = ""
    key: PriceKey | None = None
    count: int = 1

    @property
    def device(self) -> str | None:
        """The GPU that trains; None where the type has none, or is not known."""
        if self.plan:
            return self.instance
        known = instances().get(self.instance.removeprefix("ml."))
        return None if known is None else known.device

    @property
    def is_part(self) -> bool:
        """Whether the type has only a part of a GPU."""
        known = instances().get(self.instance.removeprefix("ml."))
        return known is not None and 0 < known.gpu_count < 1

    @property
    def group(self) -> tuple[str, str | None]:
        """What rows have in common that answer a newcomer's question alike: who rents it out, and the GPU."""
        return self.kind + self.provider, self.device

    @property
    def name(self) -> str:
        """What its option is called."""
        bought = "" if self.purchase == "on-demand" else self.purchase
        if self.plan:
            named = plan(self.plan)
            return f"{named.title} {self.instance} {self.plan if named.is_colab else 'free'}"
        title = KINDS[self.kind].title or self.provider
        return " ".join(part for part in (title, self.instance, self.region, bought) if part)

    def option(self) -> Option:
        """Return it as an option of a project."""
        if self.plan:
            return Option(name=self.name, kind=self.kind, accelerator=self.instance, plan=self.plan)
        provider = self.provider if KINDS[self.kind].is_listed else None
        return Option(
            name=self.name, kind=self.kind, provider=provider, instance=self.instance, region=self.region or None,
            purchase=self.purchase,
        )  # fmt: skip
