"""The application in a browser: the same program, run once for each open page, drawn by a terminal within the page.

Invariants: nothing is loaded from elsewhere; only who knows the key gets in, which stands in the address that is told at the start and is
new each time; a page of another origin can neither open a session nor read one.
"""

from __future__ import annotations

import hmac
import logging
import re
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web
from textual_serve.server import Server

from prisma_tool.errors import PrismaError

PAGES = Path(__file__).parent / "web"
COOKIE = "prisma_tool_key_"
"""Before the port: a browser sends the cookies of one host to all of its ports, where other reviews may be served."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self' ws: wss:; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")
_USUAL_PORT = "80"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen. `key` is what a visitor must know."""

    host: str
    port: int
    key: str

    @property
    def is_local(self) -> bool:
        """True where only this machine can get in."""
        return self.host in LOOPBACK

    def url(self, port: int) -> str:
        """The address to open, given the port that was taken."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{name}:{port}/?key={self.key}"


def serve(command: str, title: str, address: Address, tell: Callable[[str], None]) -> None:
    """Serve the application that `command` runs until it is interrupted.

    Args:
        command: The command line that starts the application, once for each visitor.
        title: What the page is called.
        address: Where to listen, and the key that lets one in.
        tell: Hears the address to open.

    Raises:
        PrismaError: the port is taken or may not be used.
    """
    listening = _listening(address)
    port = listening.getsockname()[1]
    logging.basicConfig(level=logging.ERROR)
    tell(f"Open {address.url(port)} in a browser. Ctrl+C ends it; everything is stored at once.")
    server = _Server(command, title, address, port)
    web.run_app(server.application(), sock=listening, print=None, handle_signals=True)


def _listening(address: Address) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address.host, address.port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise PrismaError(
            f"{address.host}:{address.port} cannot be used ({error.strerror}); choose another --port or --host."
        ) from error
    return listener


async def _focus(request: web.Request) -> web.StreamResponse:
    del request
    return web.FileResponse(PAGES / "focus.js")


class _Server(Server):
    """The server of textual-serve with a page of our own, and a door."""

    def __init__(self, command: str, title: str, address: Address, port: int) -> None:
        super().__init__(command, title=title, host=address.host, port=port, templates_path=PAGES)
        self.address = address

    def application(self) -> web.Application:
        """What answers requests."""
        listener = web.Application(middlewares=[self._door])
        aiohttp_jinja2.setup(listener, loader=jinja2.FileSystemLoader(self.templates_path), autoescape=jinja2.select_autoescape())
        listener.add_routes(
            [
                web.get("/", self.handle_index, name="index"),
                web.get("/focus.js", _focus),
                web.get("/ws", self.handle_websocket, name="websocket"),
                web.get("/download/{key}", self.handle_download, name="download"),
                web.static("/static", self.statics_path, name="static"),
            ]
        )
        return listener

    @web.middleware
    async def _door(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        asked = _HOST.fullmatch(request.host)
        if asked is None:
            raise web.HTTPBadRequest(text="This is not how a host is named in a request.")
        given = request.query.get("key", "") if request.path == "/" else ""
        cookie = COOKIE + (asked["port"] or _USUAL_PORT)
        known = any(
            hmac.compare_digest(key.encode(), self.address.key.encode()) for key in (given, request.cookies.get(cookie, ""))
        )
        if not self._is_own(request, asked["name"].strip("[]").lower()):
            raise web.HTTPForbidden(text="This address answers its own pages only.")
        if not known:
            raise web.HTTPForbidden(text="Open the whole address that prisma-tool told when it started; it holds a key.")
        # A visitor may have come by another name of this machine; the page must go on under that one.
        self.public_url = f"http://{request.host}"
        response = await handler(request)
        if not response.prepared:
            response.headers["Content-Security-Policy"] = _POLICY
            response.headers["Referrer-Policy"] = "no-referrer"
            response.headers["X-Content-Type-Options"] = "nosniff"
            if given:
                response.set_cookie(cookie, self.address.key, httponly=True, samesite="Strict")
        return response

    def _is_own(self, request: web.Request, name: str) -> bool:
        """Whether a request is for this server by a name that it has, and from none but its own pages."""
        named = name in LOOPBACK if self.address.is_local else True
        origin = request.headers.get("Origin")
        return named and (origin is None or origin.partition("://")[2] == request.host)
