"""Every machine of a price book, in every region, however it is bought, as an option of a project."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cloudcost.catalog.books.book import PriceBook
from cloudcost.catalog.colab import colab_plans, offered, plan
from cloudcost.catalog.instances import instances
from cloudcost.catalog.providers import providers
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
    """

    kind: OptionKind
    provider: str
    instance: str
    region: str
    purchase: str
    plan: str = ""
    key: PriceKey | None = None

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
    def name(self) -> str:
        """What its option is called."""
        title = KINDS[self.kind].title or ("Colab" if self.plan else self.provider)
        bought = "" if self.purchase == "on-demand" else self.purchase
        return " ".join(part for part in (title, self.instance, self.plan, self.region, bought) if part)

    def option(self) -> Option:
        """Return it as an option of a project."""
        if self.plan:
            return Option(name=self.name, kind=self.kind, accelerator=self.instance, plan=self.plan)
        provider = self.provider if KINDS[self.kind].is_listed else None
        return Option(
            name=self.name, kind=self.kind, provider=provider, instance=self.instance, region=self.region or None,
            purchase=self.purchase,
        )  # fmt: skip


def book_rows(book: PriceBook, day: date) -> Iterator[BookRow]:
    """Yield every row: machines of EC2 and SageMaker, of other clouds, and Colab's accelerators by plan.

    SageMaker's prices follow from EC2's by a rule where no table has them, so that its types with a GPU stand wherever
    EC2's do.
    """
    yield from _ec2(book)
    yield from _sagemaker(book)
    for provider in providers():
        for region in book.regions(provider.service):
            for usage_type, purchase in book.keys(provider.service, region):
                if usage_type in instances():
                    yield BookRow(
                        kind="cloud", provider=provider.name, instance=usage_type,
                        region="" if region == "global" else region, purchase=purchase,
                        key=PriceKey(provider.service, region, usage_type, purchase=purchase),
                    )  # fmt: skip
    for name in colab_plans():
        if plan(name).provider == "Google Colab":
            for accelerator in offered(name, day):
                yield BookRow(
                    kind="colab", provider="colab", instance=accelerator, region="", purchase="on-demand", plan=name
                )


def _ec2(book: PriceBook) -> Iterator[BookRow]:
    for region in book.regions("AmazonEC2"):
        for usage_type, purchase in book.keys("AmazonEC2", region):
            kind, _, name = usage_type.partition(":")
            if kind in (KINDS["ec2"].hour_types or ()):
                key = PriceKey("AmazonEC2", region, usage_type, purchase=purchase)
                yield BookRow(kind="ec2", provider="aws", instance=name, region=region, purchase=purchase, key=key)


def _sagemaker(book: PriceBook) -> Iterator[BookRow]:
    on_demand, _ = KINDS["sagemaker"].hour_types or ("", "")
    for region in book.regions("AmazonEC2"):
        stated = {name for name, _ in book.keys("AmazonSageMaker", region)}
        derived = {
            f"{on_demand}:ml.{usage_type.partition(':')[2]}"
            for usage_type, purchase in book.keys("AmazonEC2", region)
            if usage_type.startswith("BoxUsage:") and purchase == "on-demand" and _has_gpu(usage_type)
        }
        for usage_type in sorted(derived | {name for name in stated if name.startswith(f"{on_demand}:ml.")}):
            name = usage_type.partition(":")[2]
            key = PriceKey("AmazonSageMaker", region, usage_type)
            yield BookRow(kind="sagemaker", provider="aws", instance=name, region=region, purchase="on-demand", key=key)


def _has_gpu(usage_type: str) -> bool:
    known = instances().get(usage_type.partition(":")[2])
    return known is not None and known.device is not None
