"""The application in a browser: the same program, run once for each open page, drawn by a terminal within the page.

Invariants: nothing is loaded from elsewhere; only who knows the key gets in, which stands in the address that is told at the start and is
new each time; a page of another origin can neither open a session nor read one, nor send a file.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from time import time

import aiohttp_jinja2
import jinja2
from aiohttp import WSCloseCode, web
from textual_serve.app_service import AppService
from textual_serve.server import Server

from prisma_tool.errors import PrismaError
from prisma_tool.tui.uploaded_files import Upload, Uploads
from prisma_tool.tui.words.refusal_words import refusal

PAGES = Path(__file__).parent / "web"
SCRIPTS = ("connection.js", "focus.js", "uploads.js")
COOKIE = "prisma_tool_key_"
"""Before the port: a browser sends the cookies of one host to all of its ports, where other reviews may be served."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self' ws: wss:; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")
_USUAL_PORT = "80"
_CUT = "The upload was cut before all of the file was here; nothing of it was kept. Send it again."
IDLE_SECONDS = 60.0
"""For how long an upload may bring nothing before it is given up."""
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


@dataclass(frozen=True, slots=True)
class Served:
    """What is served: the command line that starts the application, once for each visitor, what the page is called, and what takes files."""

    command: str
    title: str
    uploads: Uploads


def serve(served: Served, address: Address, tell: Callable[[str], None]) -> None:
    """Serve the application until it is interrupted.

    Args:
        served: What is served.
        address: Where to listen, and the key that lets one in.
        tell: Hears the address to open.

    Raises:
        PrismaError: the port is taken or may not be used.
    """
    listening = _listening(address)
    port = listening.getsockname()[1]
    logging.basicConfig(level=logging.ERROR)
    tell(f"Open {address.url(port)} in a browser. Ctrl+C ends it; everything is stored at once.")
    served.uploads.clear(time())
    server = PageServer(served, address, port)
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


def _script(name: str) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        del request
        return web.FileResponse(PAGES / name)

    return answer


class PageServer(Server):
    """The server of textual-serve with a page of our own, a door, and a place for files that are sent."""

    def __init__(self, served: Served, address: Address, port: int) -> None:
        super().__init__(served.command, title=served.title, host=address.host, port=port, templates_path=PAGES)
        self.address, self.uploads = address, served.uploads

    def application(self) -> web.Application:
        """What answers requests."""
        listener = web.Application(middlewares=[self._door])
        loader, escape = jinja2.FileSystemLoader(self.templates_path), jinja2.select_autoescape()
        pages = aiohttp_jinja2.setup(listener, loader=loader, autoescape=escape)
        pages.globals["uploads"] = self.uploads
        listener.add_routes(
            [
                web.get("/", self.handle_index, name="index"),
                *(web.get(f"/{name}", _script(name)) for name in SCRIPTS),
                web.get("/ws", self.handle_websocket, name="websocket"),
                web.post("/upload", self._take_file),
                web.get("/download/{key}", self.handle_download, name="download"),
                web.static("/static", self.statics_path, name="static"),
            ]
        )
        return listener

    async def _process_messages(self, websocket: web.WebSocketResponse, app_service: AppService) -> None:
        """Pass on what comes from the page; an application that ended without a word is told to the page, which would stand still."""
        ended = app_service._task  # noqa: SLF001 - the library tells nobody that its program has ended
        assert ended is not None
        passing = asyncio.create_task(super()._process_messages(websocket, app_service))
        await asyncio.wait([ended, passing], return_when=asyncio.FIRST_COMPLETED)
        if not passing.done():
            await websocket.close(code=WSCloseCode.INTERNAL_ERROR)
        await passing

    async def _take_file(self, request: web.Request) -> web.StreamResponse:
        """Store a file that the page sends: what the application would read if the file had been dropped on a terminal, or why not."""
        if "Origin" not in request.headers:
            raise web.HTTPForbidden(text="Only a page sends files.")
        try:
            place = await self._stored(request)
        except PrismaError as error:
            return web.json_response({"problem": refusal(error)}, status=web.HTTPConflict.status_code)
        except (TimeoutError, ConnectionError, web.RequestPayloadError):
            return web.json_response({"problem": _CUT}, status=web.HTTPBadRequest.status_code)
        return web.json_response({"name": place.name, "dropped": place.as_uri()})

    async def _stored(self, request: web.Request) -> Path:
        size = request.content_length
        if size is None or "Content-Encoding" in request.headers:
            raise web.HTTPLengthRequired(text="A file is sent as it is, with its length.")
        with self.uploads.taking(request.query.get("name", ""), size) as upload:
            await _receive(request, upload)
            return await asyncio.to_thread(upload.keep)

    @web.middleware
    async def _door(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        asked = _HOST.fullmatch(request.host)
        if asked is None:
            raise web.HTTPBadRequest(text="This is not how a host is named in a request.")
        given = request.query.get("key", "") if request.path == "/" else ""
        cookie = COOKIE + (asked["port"] or _USUAL_PORT)
        known = any(
            hmac.compare_digest(key.encode(errors="replace"), self.address.key.encode())
            for key in (given, request.cookies.get(cookie, ""))
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


async def _receive(request: web.Request, upload: Upload) -> None:
    """Write what comes, part by part, so that no file stands in the memory.

    Raises:
        TimeoutError: nothing came for too long.
    """
    while True:
        async with asyncio.timeout(IDLE_SECONDS):
            data = await request.content.readany()
        if not data:
            return
        await asyncio.to_thread(upload.write, data)
