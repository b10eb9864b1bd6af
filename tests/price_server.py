"""A server of price lists on loopback that can be told to fail: a real one, in a thread, over a real socket."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(kw_only=True)
class PriceServer:
    """A server that runs.

    Parameters
    ----------
    url : str
    files : dict of str to bytes
        By path.
    faults : list
        What answers the next requests for files in place of the file, one each; None for the file itself.
    asked : list of (str, str, str)
        Method, path and range of each request.
    headers : dict of str to str
        Sent with each file.
    stopped : threading.Event
        Set when the server is to end.
    """

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    faults: list[Fault | None] = field(default_factory=list)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    stopped: threading.Event = field(default_factory=threading.Event)
    no_head: bool = False


class Handler(BaseHTTPRequestHandler):
    """Gives files, parts of files, and what it was told to give instead."""

    protocol_version = "HTTP/1.1"
    state: PriceServer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (as the standard library names it)
        del format, args

    def do_HEAD(self) -> None:
        self._note()
        if self.state.no_head:
            self.send_error(501)
        elif self.path in self.state.files:
            self.head(200, {"Content-Length": str(len(self.state.files[self.path]))})
        else:
            self.head(404, {"Content-Length": "0"})

    def do_GET(self) -> None:
        self._note()
        fault = self.state.faults.pop(0) if self.state.faults else None
        data = self.state.files.get(self.path)
        with suppress(OSError):  # who asked has gone
            if fault is not None:
                fault(self, data or b"")
            elif data is None:
                self.head(404, {"Content-Length": "0"})
            else:
                self.whole_or_part(data)
        self.close_connection = True

    def _note(self) -> None:
        self.state.asked.append((self.command, self.path, self.headers.get("Range", "")))

    def head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def tag(self, data: bytes) -> dict[str, str]:
        return {"ETag": f'"{sha256(data).hexdigest()[:20]}"', "Content-Type": "text/csv", **self.state.headers}

    def whole_or_part(self, data: bytes) -> None:
        tag = self.tag(data)
        wanted = self.headers.get("Range")
        if wanted and self.headers.get("If-Range") == tag.get("ETag", tag.get("Last-Modified")):
            begin = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if begin >= len(data):
                self.head(416, {**tag, "Content-Range": f"bytes */{len(data)}", "Content-Length": "0"})
                return
            said = f"bytes {begin}-{len(data) - 1}/{len(data)}"
            self.head(206, {**tag, "Content-Range": said, "Content-Length": str(len(data) - begin)})
            self.wfile.write(data[begin:])
            return
        self.head(200, {**tag, "Content-Length": str(len(data))})
        self.wfile.write(data)


Fault = Callable[[Handler, bytes], None]


def status(code: int, **headers: str) -> Fault:
    """Answer with a status and no file."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, _: handler.head(code, {**named, "Content-Length": "0"})


def cut(count: int) -> Fault:
    """Send so many bytes of what is left, state the whole length and hang up."""

    def answer(handler: Handler, data: bytes) -> None:
        begin = int(handler.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        said = {"Content-Range": f"bytes {begin}-{len(data) - 1}/{len(data)}"} if begin else {}
        handler.head(206 if begin else 200, {**handler.tag(data), **said, "Content-Length": str(len(data) - begin)})
        handler.wfile.write(data[begin : begin + count])

    return answer


def stated(length: str | None, *more: str, keep: int | None = None) -> Fault:
    """State another length than the file has, or none, or several, and send the file."""

    def answer(handler: Handler, data: bytes) -> None:
        handler.send_response(200)
        for each in (*([] if length is None else [length]), *more):
            handler.send_header("Content-Length", each)
        handler.end_headers()
        handler.wfile.write(data[:keep])

    return answer


def changed(headers: dict[str, str], code: int = 200, body: bytes | None = None) -> Fault:
    """Send the file, or a body in its place, with other headers."""

    def answer(handler: Handler, data: bytes) -> None:
        sent = data if body is None else body
        handler.head(code, {**handler.tag(data), "Content-Length": str(len(sent)), **headers})
        handler.wfile.write(sent)

    return answer


def chunked(handler: Handler, data: bytes) -> None:
    """Send the file in pieces that tell its end."""
    handler.head(200, {"Transfer-Encoding": "chunked"})
    for at in range(0, len(data), 1000):
        piece = data[at : at + 1000]
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
    handler.wfile.write(b"0\r\n\r\n")


def endless(handler: Handler, data: bytes) -> None:
    """Send pieces without an end."""
    handler.head(200, {"Transfer-Encoding": "chunked"})
    while not handler.state.stopped.is_set():
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))


def stalled(count: int) -> Fault:
    """Send so many bytes, then nothing, and do not hang up."""

    def answer(handler: Handler, data: bytes) -> None:
        cut(count)(handler, data)
        handler.wfile.flush()
        handler.state.stopped.wait(10)

    return answer


def dripping(handler: Handler, data: bytes) -> None:
    """Send a byte now and then."""
    handler.head(200, {**handler.tag(data), "Content-Length": str(len(data))})
    for at in range(len(data)):
        handler.wfile.write(data[at : at + 1])
        if handler.state.stopped.wait(0.02):
            return


def garbage(handler: Handler, data: bytes) -> None:
    """Speak no HTTP."""
    del data
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.9\r\n")


@contextmanager
def price_server() -> Iterator[PriceServer]:
    """Give a server that runs, and end it."""
    state = PriceServer()
    handler = type("Own", (Handler,), {"state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        state.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield state
        finally:
            state.stopped.set()
            server.shutdown()
            thread.join()
