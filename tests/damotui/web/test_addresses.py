"""Who may speak to the server."""

import pytest

from damotui.web.addresses import is_loopback, is_welcome


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("localhost", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("192.0.2.7", False),
        ("localhost.example.org", False),
        ("", False),
    ],
)
def test_what_is_this_machine_alone(host, own):
    assert is_loopback(host) is own


@pytest.mark.parametrize(
    ("host", "asked", "origin", "welcome"),
    [
        ("127.0.0.1", "127.0.0.1:8000", None, True),
        ("127.0.0.1", "127.0.0.1:8000", "http://127.0.0.1:8000", True),
        ("127.0.0.1", "localhost:8000", "http://localhost:8000", True),
        ("127.0.0.1", "localhost:9000", "http://localhost:9000", True),  # through a tunnel
        ("::1", "[::1]:8000", "http://[::1]:8000", True),
        # A page from elsewhere.
        ("127.0.0.1", "127.0.0.1:8000", "https://example.org", False),
        ("127.0.0.1", "127.0.0.1:8000", "http://127.0.0.1:8001", False),
        ("127.0.0.1", "127.0.0.1:8000", "null", False),
        # A name of elsewhere that was made to stand for this machine.
        ("127.0.0.1", "example.org:8000", "http://example.org:8000", False),
        ("127.0.0.1", "example.org:8000", None, False),
        ("127.0.0.1", "[", None, False),
        # Served to all.
        ("0.0.0.0", "box.example.org:8000", "http://box.example.org:8000", True),
        ("0.0.0.0", "box.example.org:8000", "http://example.org", False),
    ],
)
def test_only_pages_of_the_server_itself_are_welcome(host, asked, origin, welcome):
    assert is_welcome(host, asked, origin) is welcome
