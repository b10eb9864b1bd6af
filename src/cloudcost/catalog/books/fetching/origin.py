"""Where price lists lie: at an address of the web, or in a folder with the same paths below it.

AWS publishes the list of a service in a region under ``offers/v1.0/aws/<offer>/current/<region>/index.csv``.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import quote, urlsplit

from cloudcost.catalog.aws.regions import regions
from cloudcost.catalog.books.importing.offers import offer_rules
from cloudcost.catalog.near import NAMES, near_and_all
from cloudcost.errors import InputError
from cloudcost.frozen import dataclass

AWS = "https://pricing.us-east-1.amazonaws.com"
"""Where AWS publishes its price lists ("Getting price list files", AWS Billing user guide, read 2026-11-29)."""
ROOT = "offers/v1.0/aws"
"""What stands in front of the offers there."""
FLAG = "--from"
ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPlace:
    """The price list of an offer in a region.

    Parameters
    ----------
    offer : str
        ``AmazonEC2``.
    region : str
    """

    offer: str
    region: str

    def __str__(self) -> str:
        return f"{self.offer} {self.region}"

    @property
    def path(self) -> str:
        """Where it lies, below what all offers have in common."""
        return f"{self.offer}/current/{self.region}/index.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where price lists are taken from.

    Parameters
    ----------
    stated : str
        As it was named.
    base : str
        What stands in front of an `OfferPlace.path`, without a slash at its end.
    is_web : bool
        Whether it is an address; else it is a folder.
    """

    stated: str
    base: str
    is_web: bool

    def address(self, place: OfferPlace) -> str:
        """Return the address or the path of a list."""
        return f"{self.base}/{place.path}"

    def file(self, place: OfferPlace) -> Path:
        """Return the file of a list in a folder; beside ``index.csv`` it may be packed, ``index.csv.gz``."""
        path = Path(self.address(place))
        packed = path.with_name(f"{path.name}.gz")
        return packed if packed.exists() and not path.exists() else path


def origin_of(text: str = AWS) -> Origin:
    """Return the origin that an address or a folder names.

    Raises
    ------
    InputError
        When it is an address of another sort, without encryption though not of this machine, or no folder.

    Examples
    --------
    >>> origin_of().address(OfferPlace(offer="AmazonS3", region="eu-west-1"))
    'https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonS3/current/eu-west-1/index.csv'
    """
    if "://" in text:
        return Origin(stated=text, base=_rooted(_checked(text)), is_web=True)
    if not text or "\0" in text:
        raise InputError(f"{FLAG}: no address and no folder, {text!r}, name one or leave it out")
    folder = Path(text).expanduser()
    if not folder.is_dir():
        raise InputError(f"{FLAG}: no folder, {text[:200]}, name one with {ROOT} in it, or an address with https://")
    inner = folder / ROOT
    return Origin(stated=text, base=str(inner if inner.is_dir() else folder), is_web=False)


def _rooted(base: str) -> str:
    base = base.rstrip("/")
    return base if base.endswith(f"/{ROOT}") else f"{base}/{ROOT}"


def _checked(text: str) -> str:
    """Return an address that lists may be fetched from, its signs as addresses have them."""
    shown = text[:200]
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise InputError(f"{FLAG}: no address, {shown}, {error}") from None
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise InputError(f"{FLAG}: no address that is fetched from, {shown}, name one with https://, or a folder")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise InputError(f"{FLAG}: an address with a user, ? or #, {shown}, name the one that offers/ lies under")
    if not parts.netloc.isascii() or any(each.isspace() or not each.isprintable() for each in text):
        raise InputError(f"{FLAG}: an address with signs that none has, {shown!r}, write it as the server has it")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise InputError(f"{FLAG}: without encryption anybody could change prices, {shown}, use https:// or a folder")
    return parts._replace(path=quote(parts.path, safe="/%:@!$&'()*+,;=~")).geturl()


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine itself.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("pricing.us-east-1.amazonaws.com")
    (True, True, False)
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def places(offers: Sequence[str], codes: Sequence[str]) -> tuple[OfferPlace, ...]:
    """Return the lists of offers in regions.

    Parameters
    ----------
    offers : sequence of str
        None for all that the library prices.
    codes : sequence of str
        Regions; ``all`` for every one.

    Raises
    ------
    InputError
        With each name that is not known.

    Examples
    --------
    >>> [str(place) for place in places(["AmazonS3", "awskms"], ["eu-west-1"])]
    ['AmazonS3 eu-west-1', 'awskms eu-west-1']
    """
    known = {name.casefold(): name for name in offer_rules()}
    chosen = list(dict.fromkeys(known.get(each.casefold(), each) for each in offers)) or list(known.values())
    every = [each.casefold() for each in codes] == [ALL]
    where = list(regions()) if every else list(dict.fromkeys(each.casefold() for each in codes))
    faults = [
        f"--services: cloudcost prices nothing of {each[:60]!r}, {near_and_all(each, offer_rules(), 1, where=HELP)}"
        for each in chosen
        if each not in offer_rules()
    ]
    faults += [
        f"--regions: no region {each[:60]!r}, {near_and_all(each, regions(), 1, where=NAMES)}"
        for each in where
        if each not in regions()
    ]
    if faults:
        raise InputError(*faults)
    return tuple(OfferPlace(offer=offer, region=region) for region in where for offer in chosen)


HELP = "cloudcost prices update --help"
