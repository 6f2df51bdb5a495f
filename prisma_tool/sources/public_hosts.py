"""Connections to hosts that somebody else named: only to public addresses, whatever a name leads to.

A service's answer may name any address, and the tool runs where intranets and other programs can be reached. Invariant: nothing is sent to a
private, local or reserved address unless its host and port were allowed beforehand, as the address of a stand-in or a mirror is. What a name
leads to is looked at before a request and once more at the socket, so that a name which changes its mind gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from prisma_tool.sources.fulltexts.locations import host_of, web_address

_LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal")


def address_problem(address: str, allowed: Collection[str]) -> str:
    """Why nothing is sent to this address; empty where nothing speaks against it.

    Args:
        address: A URL that a service named.
        allowed: Hosts with ports that may be private.
    """
    if not web_address(address):
        return "it is no web address"
    if host_of(address) in allowed:
        return ""
    name = (urllib3.util.parse_url(address).host or "").strip("[]").rstrip(".").lower()
    if name.endswith(_LOCAL_NAMES) or not all(_is_public(number) for number in _numbers(name, address)):
        return "it leads to a private address"
    return ""


def _numbers(name: str, address: str) -> list[str]:
    """The IP addresses of a host; none where a proxy is the one to look it up, or where nobody knows it (which the request will tell)."""
    try:
        return [str(ipaddress.ip_address(name))]
    except ValueError:
        pass
    if get_environ_proxies(address, no_proxy=None):
        return []
    try:
        return [str(entry[4][0]) for entry in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        return []


def _is_public(number: str) -> bool:
    address = ipaddress.ip_address(number.partition("%")[0])
    inner = getattr(address, "ipv4_mapped", None) or address
    return bool(inner.is_global and not inner.is_multicast)


def _guard(connection: Any, made: socket.socket, allowed: Collection[str]) -> socket.socket:
    if f"{connection.host}:{connection.port}".lower() not in allowed and not _is_public(str(made.getpeername()[0])):
        made.close()
        raise urllib3.exceptions.NewConnectionError(connection, "the host leads to a private address")
    return made


class _PublicHosts(HTTPAdapter):
    """An adapter whose direct connections are looked at before anything is sent."""

    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = frozenset(allowed)
        super().__init__(max_retries=0)

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        """The pools of connections that are looked at."""
        super().init_poolmanager(*arguments, **named)
        allowed = self._allowed

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return _guard(self, super()._new_conn(), allowed)

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return _guard(self, super()._new_conn(), allowed)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


def public_session(allowed: Collection[str]) -> requests.Session:
    """A session that sends nothing to private addresses but `allowed` ones, and keeps no cookies and no passwords of its own."""
    session = requests.Session()
    session.mount("http://", _PublicHosts(allowed))
    session.mount("https://", _PublicHosts(allowed))
    # A password that the user's .netrc holds for a host is not for an address that a service named.
    session.auth = _nothing
    return session


def _nothing(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
