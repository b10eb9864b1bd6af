"""What training your CNNs costs and how long it takes, in the cloud and on your own machine, and how sure that is.

Names load on first use (PEP 562): importing the package loads nothing but this module.
"""

TYPE_CHECKING = False  # typing's own would double the start-up time
if TYPE_CHECKING:
    from cloudcost._version import __version__
    from cloudcost.api.bills import explain, explain_amount, price_bill, price_usage
    from cloudcost.api.book import choose, quick
    from cloudcost.api.compare import compare, diff
    from cloudcost.api.predictions import fit, predict, predict_step
    from cloudcost.api.prices import prices
    from cloudcost.api.projects import make_project, parse_project, read_project
    from cloudcost.api.sweeps import sweep
    from cloudcost.catalog.books.book import PriceBook, load_book
    from cloudcost.domain.lines import LineItem
    from cloudcost.domain.network import Network
    from cloudcost.domain.prices import Price
    from cloudcost.domain.project import Project
    from cloudcost.domain.timing import StepTime
    from cloudcost.domain.usage import Usage
    from cloudcost.errors import (
        CatalogError,
        CloudCostError,
        InputError,
        MissingExtraError,
        MixedEnvironmentError,
        NetworkError,
        OutputError,
        PriceNotFoundError,
        ProjectFileError,
        TimingError,
        UnknownDeviceError,
        UnknownInstanceError,
        UnknownOpError,
        UnknownRegionError,
        UsageFileError,
    )
    from cloudcost.networks.json_file import read_network
    from cloudcost.networks.registry import named_network, network_names
    from cloudcost.pricing.bill.lines import total_usd
    from cloudcost.render.listings.predictions import Predictions
    from cloudcost.results.candidates import Candidates
    from cloudcost.results.comparison import BookChoice, Comparison, QuickAnswer, Reasons
    from cloudcost.results.difference import Difference
    from cloudcost.results.estimate import Estimate
    from cloudcost.results.explanation import Explanation
    from cloudcost.results.priced_bill import PricedBill

__all__ = [
    "BookChoice",
    "Candidates",
    "CatalogError",
    "CloudCostError",
    "Comparison",
    "Difference",
    "Estimate",
    "Explanation",
    "InputError",
    "LineItem",
    "MissingExtraError",
    "MixedEnvironmentError",
    "Network",
    "NetworkError",
    "OutputError",
    "Predictions",
    "Price",
    "PriceBook",
    "PriceNotFoundError",
    "PricedBill",
    "Project",
    "ProjectFileError",
    "QuickAnswer",
    "Reasons",
    "StepTime",
    "TimingError",
    "UnknownDeviceError",
    "UnknownInstanceError",
    "UnknownOpError",
    "UnknownRegionError",
    "Usage",
    "UsageFileError",
    "__version__",
    "choose",
    "compare",
    "diff",
    "explain",
    "explain_amount",
    "fit",
    "load_book",
    "make_project",
    "named_network",
    "network_names",
    "parse_project",
    "predict",
    "predict_step",
    "price_bill",
    "price_usage",
    "prices",
    "quick",
    "read_network",
    "read_project",
    "sweep",
    "total_usd",
]

_HOME = {
    "__version__": "_version",
    "explain": "api.bills",
    "explain_amount": "api.bills",
    "price_bill": "api.bills",
    "price_usage": "api.bills",
    "choose": "api.book",
    "quick": "api.book",
    "compare": "api.compare",
    "diff": "api.compare",
    "fit": "api.predictions",
    "predict": "api.predictions",
    "predict_step": "api.predictions",
    "prices": "api.prices",
    "make_project": "api.projects",
    "parse_project": "api.projects",
    "read_project": "api.projects",
    "sweep": "api.sweeps",
    "PriceBook": "catalog.books.book",
    "load_book": "catalog.books.book",
    "LineItem": "domain.lines",
    "Network": "domain.network",
    "Price": "domain.prices",
    "Project": "domain.project",
    "StepTime": "domain.timing",
    "Usage": "domain.usage",
    "CatalogError": "errors",
    "CloudCostError": "errors",
    "InputError": "errors",
    "MissingExtraError": "errors",
    "MixedEnvironmentError": "errors",
    "NetworkError": "errors",
    "OutputError": "errors",
    "PriceNotFoundError": "errors",
    "ProjectFileError": "errors",
    "TimingError": "errors",
    "UnknownDeviceError": "errors",
    "UnknownInstanceError": "errors",
    "UnknownOpError": "errors",
    "UnknownRegionError": "errors",
    "UsageFileError": "errors",
    "read_network": "networks.json_file",
    "named_network": "networks.registry",
    "network_names": "networks.registry",
    "total_usd": "pricing.bill.lines",
    "Predictions": "render.listings.predictions",
    "Candidates": "results.candidates",
    "BookChoice": "results.comparison",
    "Comparison": "results.comparison",
    "QuickAnswer": "results.comparison",
    "Difference": "results.difference",
    "Estimate": "results.estimate",
    "Explanation": "results.explanation",
    "PricedBill": "results.priced_bill",
    "Reasons": "results.comparison",
}
"""The module that defines each public name."""


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        import sys

        package = sys.modules[__name__]  # by which Python offers the nearest name
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name, obj=package)
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
