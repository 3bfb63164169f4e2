"""Who may speak to a server on this machine."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

_NAMES = ("localhost", "localhost.")


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches a host name or address."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() in _NAMES


def is_welcome(host: str, asked: str, origin: str | None) -> bool:
    """Whether a request comes from a page of this very server.

    Any page that a browser shows may try to speak to servers on the same machine. It can't say that it is another
    page than it is, nor, having come by a name that was made to stand for this machine, that it came by another.

    Args:
        host: that the server listens on.
        asked: the header Host.
        origin: the header Origin; None if there is none, as in requests that no page makes.
    """
    if is_loopback(host) and not is_loopback(_name(asked)):
        return False
    return origin is None or urlsplit(origin).netloc == asked


def _name(netloc: str) -> str:
    """The name of a host, without its port."""
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""
