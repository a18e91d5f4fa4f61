# SPDX-License-Identifier: Apache-2.0
"""Clients: one exchange, or sockets that stay open for more."""
import errno
import json
import socket
import struct
import time

from calls import Failed, attempt, handles, keep, name_of, new_socket


def report(sock, source, line, started):
    """What the client saw, in the words of the client (its names) and of the server (its answer)."""
    told = json.loads(line)
    return {
        "server": told["server"], "seen": told["peer"], "reached": told["local"], "echo": told["echo"],
        "local": name_of(sock.getsockname()), "peer": name_of(source),
        "ms": (time.monotonic() - started) * 1000,
    }


def connected(command, started):
    sock = new_socket(socket.SOCK_STREAM, command)
    try:
        attempt("connect", started, sock.connect, (command["host"], command["port"]))
    except Failed:
        sock.close()
        raise
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def exchange_line(sock, text, started):
    attempt("send", started, sock.sendall, (text + "\n").encode())
    line = b""
    while not line.endswith(b"\n"):
        part = attempt("receive", started, sock.recv, 65536)
        if not part:
            raise Failed(OSError(errno.ECONNRESET, "closed by the server"), "receive", started)
        line += part
    return report(sock, sock.getpeername(), line, started)


def tcp(command):
    started = time.monotonic()
    with connected(command, started) as sock:
        return exchange_line(sock, command["text"], started)


def tcp_open(command):
    return {"handle": keep(connected(command, time.monotonic()))}


def tcp_exchange(command):
    return exchange_line(handles[command["handle"]], command["text"], time.monotonic())


def tcp_reset(command):
    """What close(2) does with no time to linger: it sends RST."""
    handles[command["handle"]].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return {}


def udp_open(command):
    """A socket of the host's family that later exchanges use."""
    sock = new_socket(socket.SOCK_DGRAM, command)
    if command["connected"]:
        attempt("connect", time.monotonic(), sock.connect, (command["host"], command["port"]))
    return {"handle": keep(sock)}


def exchange_datagram(sock, text, to):
    started = time.monotonic()
    if to is None:
        attempt("send", started, sock.send, text.encode())
    else:
        attempt("send", started, sock.sendto, text.encode(), to)
    while True:
        line, source = attempt("receive", started, sock.recvfrom, 65536)
        if json.loads(line)["echo"] == text:  # else a late answer to an earlier question
            return report(sock, source, line, started)


def udp(command):
    """One exchange through a new socket, by connect and send or by sendto."""
    with new_socket(socket.SOCK_DGRAM, command) as sock:
        to = (command["host"], command["port"])
        if command["connected"]:
            attempt("connect", time.monotonic(), sock.connect, to)
        return exchange_datagram(sock, command["text"], None if command["connected"] else to)


def udp_exchange(command):
    to = (command["host"], command["port"]) if "host" in command else None
    return exchange_datagram(handles[command["handle"]], command["text"], to)
