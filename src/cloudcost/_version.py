"""The version, read from the installed package's metadata once it is asked for."""

from importlib.metadata import version

__version__ = version("cloudcost")
