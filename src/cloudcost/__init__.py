"""What training your CNNs costs and how long it takes, in the cloud and on your own machine, and how sure that is.

Names load on first use (PEP 562): importing the package loads nothing but this module.
"""

TYPE_CHECKING = False  # typing's own would double the start-up time
if TYPE_CHECKING:
    from cloudcost._version import __version__
    from cloudcost.analysis.compare import compare
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
    from cloudcost.pricing.bill.lines import price_usage, total_usd
    from cloudcost.project.file import parse_project, read_project
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.estimate import Estimate
    from cloudcost.timing.predict import predict_step

__all__ = [
    "CatalogError",
    "CloudCostError",
    "Comparison",
    "Estimate",
    "InputError",
    "LineItem",
    "MissingExtraError",
    "MixedEnvironmentError",
    "Network",
    "NetworkError",
    "OutputError",
    "Price",
    "PriceBook",
    "PriceNotFoundError",
    "Project",
    "ProjectFileError",
    "StepTime",
    "TimingError",
    "UnknownDeviceError",
    "UnknownInstanceError",
    "UnknownOpError",
    "UnknownRegionError",
    "Usage",
    "UsageFileError",
    "__version__",
    "compare",
    "load_book",
    "named_network",
    "network_names",
    "parse_project",
    "predict_step",
    "price_usage",
    "read_network",
    "read_project",
    "total_usd",
]

_HOME = {
    "__version__": "_version",
    "compare": "analysis.compare",
    "Comparison": "results.comparison",
    "Estimate": "results.estimate",
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
    "price_usage": "pricing.bill.lines",
    "total_usd": "pricing.bill.lines",
    "parse_project": "project.file",
    "read_project": "project.file",
    "predict_step": "timing.predict",
}
"""The module that defines each public name."""


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
