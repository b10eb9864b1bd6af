"""One request to a server of price lists, and what each answer means.

Only HTTPS is spoken, and HTTP with this machine itself; a redirect to anything else is not followed. Proxies are those
of the environment, and none to this machine. What another try may mend is a `PassingError`, what it may not a
`DownloadError`.
"""

from __future__ import annotations

import ssl
from functools import cache
from http import HTTPStatus
from http.client import HTTPException, HTTPMessage, HTTPResponse
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
    getproxies,
)  # fmt: skip

from cloudcost._version import __version__
from cloudcost.catalog.books.fetching.origin import is_loopback
from cloudcost.errors import DownloadError

PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that another try may mend (RFC 9110, section 15; RFC 6585; RFC 8470)."""
MISSING = frozenset({403, 404, 410})
"""Answers about a file that is not there: AWS's servers say 403 of one, not to tell what there is."""
UNKNOWN_METHOD = frozenset({405, 501})
"""Answers of a server that gives files and does not say how long they are."""
BEYOND = 416
"""There is nothing from that byte on; ``Content-Range`` says how long the file is."""
LONGEST_WAIT = 60.0
"""However long the server asks to wait. [s]"""


class PassingError(Exception):
    """What another try may mend.

    Parameters
    ----------
    said : str
    wait_seconds : float
        How long the server asks to wait. [s]
    unreachable : bool
        Whether nothing came of the server.
    """

    def __init__(self, said: str, *, wait_seconds: float = 0.0, unreachable: bool = False) -> None:
        super().__init__(said)
        self.wait_seconds = wait_seconds
        self.unreachable = unreachable


class BeyondError(PassingError):
    """The server has nothing from the byte on that was asked for.

    Parameters
    ----------
    whole_bytes : int or None
        How long the file is; None where it does not say. [bytes]
    """

    def __init__(self, whole_bytes: int | None) -> None:
        super().__init__("the server has nothing from where the file broke off")
        self.whole_bytes = whole_bytes


class _Redirects(HTTPRedirectHandler):
    """Follows a redirect only where it stays as safe as it was, and asks as was asked."""

    max_redirections = 5

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """Return the next request.

        Raises
        ------
        HTTPError
            When the redirect is not followed.
        """
        parts = urlsplit(newurl)
        if parts.scheme != "https" and not (parts.scheme == req.type == "http" and is_loopback(parts.hostname or "")):
            raise HTTPError(newurl, code, "not followed", headers, fp)
        found = super().redirect_request(req, fp, code, msg, headers, newurl)
        if found is not None:
            found.method = req.get_method()
        return found


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _opener(*, proxies: bool) -> OpenerDirector:
    opener = OpenerDirector()
    for handler in (
        ProxyHandler(getproxies() if proxies else {}), UnknownHandler(), HTTPHandler(), HTTPDefaultErrorHandler(),
        HTTPSHandler(context=_trust()), _Redirects(), HTTPErrorProcessor(),
    ):  # fmt: skip
        opener.add_handler(handler)
    opener.addheaders = [("User-Agent", f"cloudcost/{__version__}")]
    return opener


def ask(url: str, *, method: str = "GET", headers: dict[str, str], timeout_seconds: float) -> HTTPResponse:
    """Return the answer to a request, its body not read yet; the caller closes it.

    Parameters
    ----------
    url : str
    method : str
    headers : dict of str to str
    timeout_seconds : float
        To connect, and between two parts of an answer. [s]

    Raises
    ------
    PassingError
        When another try may help.
    DownloadError
        When none does.
    """
    try:
        request = Request(url, headers=headers, method=method)
        answer = _opener(proxies=not is_loopback(urlsplit(url).hostname or "")).open(request, timeout=timeout_seconds)
    except HTTPError as error:
        with error:
            raise _refused(url, error) from None
    except (URLError, OSError, HTTPException) as error:
        raise broken(url, error, timeout_seconds) from None
    except ValueError as error:  # names of hosts and ports that are none, here or where an answer sends on to
        raise DownloadError(f"{url}: leads to no address, {str(error)[:100]}, check the address") from None
    if not isinstance(answer, HTTPResponse):
        raise DownloadError(f"{url}: no answer of a web server, check {url}")
    return answer


def _refused(url: str, error: HTTPError) -> PassingError | DownloadError:
    """Return what an answer that gives no file means."""
    code = error.code
    try:
        said = f"HTTP {code} {HTTPStatus(code).phrase}"
    except ValueError:
        said = f"HTTP {code}"
    if 300 <= code < 400:
        to = str(error.headers.get("Location", "nowhere"))[:200]
        return DownloadError(
            f"{url}: a redirect that is not followed, {said} to {to!r}, check the address", status=code
        )
    if code == BEYOND:
        whole = str(error.headers.get("Content-Range", "")).removeprefix("bytes */")
        return BeyondError(int(whole[:18]) if whole.isascii() and whole.isdigit() else None)
    if code in PASSING:
        after = str(error.headers.get("Retry-After", "")).strip()
        wait = float(after[:6]) if after.isascii() and after.isdigit() else 0.0
        return PassingError(f"the server gives no file, {said}", wait_seconds=min(wait, LONGEST_WAIT))
    if code in MISSING:
        told = f"{url}: there is no such list, {said}, check address, service and region, or use --skip-missing"
        return DownloadError(told, status=code)
    return DownloadError(f"{url}: the server gives no file, {said}, check the address", status=code)


def broken(url: str, error: Exception, timeout_seconds: float) -> PassingError | DownloadError:
    """Return what it means that a connection could not be made or ended.

    Parameters
    ----------
    url : str
    error : Exception
        Of urllib, http.client, ssl or the system.
    timeout_seconds : float
        [s]
    """
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        told = f"the server's certificate is not trusted, {cause.verify_message}, check the address"
        return DownloadError(f"{url}: {told}", unreachable=True)
    if isinstance(cause, TimeoutError):
        return PassingError(f"nothing came for {timeout_seconds:g} s", unreachable=True)
    if isinstance(cause, OSError):
        return PassingError(f"the server cannot be reached, {cause.strerror or cause}"[:200], unreachable=True)
    return PassingError(f"no answer of a web server, {type(cause).__name__}", unreachable=True)
