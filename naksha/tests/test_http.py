"""The way out leads to the public internet only, and never for long."""

import ipaddress
import socket
import threading
import time
from contextlib import contextmanager

import pytest

from naksha import http
from naksha.http import AddressRefused, TooLarge, Unreachable


def everything(peer):
    """What the other side sends before it waits for us."""
    peer.settimeout(0.1)
    got = b""
    while True:
        try:
            piece = peer.recv(65_536)
        except TimeoutError:
            return got
        if not piece:
            return got
        got += piece


@contextmanager
def server(answer, *, pause=0.0):
    """A machine of ours that sends ``answer`` (pieces, ``pause`` apart) and keeps what it was asked."""
    listener = socket.create_server(("127.0.0.1", 0))
    asked = []

    def serve():
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            asked.append(everything(peer))
            try:
                for piece in answer:
                    peer.sendall(piece)
                    time.sleep(pause)
            except OSError:
                pass  # it hung up, which is what some of these tests are about
            peer.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], asked
    finally:
        listener.close()


@pytest.fixture
def may_ask(settings):
    def allow(port):
        settings.OUTGOING_PRIVATE_HOSTS = [f"127.0.0.1:{port}"]
        return f"http://127.0.0.1:{port}/"

    return allow


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
        "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused(address, monkeypatch):
    assert not http.is_public(ipaddress.ip_address(address))
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(family, socket.SOCK_STREAM, 6, "", (address, 80))])
    with pytest.raises(AddressRefused):
        http.get("http://harmless.example/")


def test_public_addresses_are_public():
    for address in ("93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"):
        assert http.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://example.com/", "//example.com/", "http://", "", "http://user:pw@example.com/",
        "http://example.com:0/", "http://example.com:99999/", "http://[::1", "gopher://example.com/",
    ],
)  # fmt: skip
def test_a_strange_address_is_refused(url):
    with pytest.raises(AddressRefused):
        http.get(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://localhost/", "http://2130706433/", "http://0x7f.1/"])
def test_this_machine_is_refused_however_it_is_written(url):
    with pytest.raises(AddressRefused):
        http.get(url)


def test_one_private_address_among_public_ones_spoils_the_name(monkeypatch):
    both = [(socket.AF_INET, 1, 6, "", (address, 80)) for address in ("93.184.216.34", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: both)
    with pytest.raises(AddressRefused):
        http.get("http://two-faced.example/")


def test_a_name_that_changes_its_mind_is_asked_only_once(monkeypatch):
    """DNS rebinding: the first answer is public, every later one is this machine."""
    answers = iter(["192.0.2.1", "127.0.0.1"])
    asked = []

    def resolve(host, port, *args, **kwargs):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    connected = []

    def connect(self, host, port, *args):
        connected.append(host)
        raise http.httpcore.ConnectError("nobody there")

    monkeypatch.setattr(http, "is_public", lambda address: str(address) != "127.0.0.1")
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(http.httpcore.SyncBackend, "connect_tcp", connect)
    with pytest.raises(Unreachable):
        http.get("http://fickle.example/")
    assert (asked, connected) == (["fickle.example"], ["192.0.2.1"])


def test_a_host_that_settings_name_may_be_private(may_ask):
    with server([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"]) as (port, asked):
        answer = http.post_json(may_ask(port), {"a": 1})
    assert (answer.status, answer.body, answer.ok) == (200, b"hi", True)
    assert b'{"a":1}' in asked[0]
    assert b"application/json" in asked[0]


def test_the_allowance_is_for_that_port_alone(may_ask):
    with server([b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"]) as (port, asked):
        may_ask(port + 1)
        with pytest.raises(AddressRefused):
            http.get(f"http://127.0.0.1:{port}/")
    assert asked == []


def test_a_redirect_is_an_answer_and_is_not_followed(may_ask):
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    with server([moved]) as (port, asked):
        answer = http.get(may_ask(port))
    assert (answer.status, len(asked)) == (302, 1)


@pytest.mark.parametrize("head", [b"Content-Length: 5000\r\n", b"Connection: close\r\n"])
def test_an_answer_that_is_too_large_is_cut(may_ask, head):
    with server([b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + b"x" * 5000]) as (port, _), pytest.raises(TooLarge):
        http.get(may_ask(port), most_bytes=1000)


def test_a_packed_answer_is_not_unpacked(may_ask):
    packed = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"
    with server([packed]) as (port, _), pytest.raises(Unreachable):
        http.get(may_ask(port))


def test_an_answer_that_drips_for_ever_ends_at_the_deadline(may_ask):
    drops = [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"] + [b"x"] * 100
    with server(drops, pause=0.1) as (port, _):
        started = time.monotonic()
        with pytest.raises(Unreachable):
            http.get(may_ask(port), seconds=0.5)
        assert time.monotonic() - started < 2


def test_a_machine_that_is_not_there_is_unreachable(may_ask, unused_tcp_port):
    with pytest.raises(Unreachable):
        http.get(may_ask(unused_tcp_port), seconds=2)


def test_an_unknown_name_is_unreachable():
    with pytest.raises(Unreachable):
        http.get("http://nothing.invalid/", seconds=2)
