"""What training your CNNs costs and how long it takes, in the cloud and on your own machine, and how sure that is.

Names load on first use (PEP 562): importing the package loads nothing but this module.
"""

_HOME = {
    "__version__": "_version",
}

__all__ = ["__version__"]


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
