# SPDX-License-Identifier: Apache-2.0
"""Servers: every request line or datagram is answered with who answers and whom it sees."""
import json
import socket
import struct
import sys
import threading
import time

from calls import PATIENCE, attempt, keep, name_of

NAME = sys.argv[1]
IPV6_RECVPKTINFO = 49
IPV6_PKTINFO = 50


def answer(peer, local, text):
    return (json.dumps({"server": NAME, "peer": name_of(peer), "local": name_of(local), "echo": text}) + "\n").encode()


def serve_connection(connection, peer):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    local = connection.getsockname()
    with connection, connection.makefile("rb") as lines:
        try:
            for line in lines:
                connection.sendall(answer(peer, local, line.decode().rstrip("\n")))
        except OSError:
            pass  # the client tells what it saw


class Server:
    """A bound socket and the thread that serves it; closed only when the thread no longer holds the socket."""

    def __init__(self, sock, serve):
        self.sock = sock
        self.thread = threading.Thread(target=serve, args=(sock,), daemon=True)
        self.thread.start()

    def getsockname(self):
        return self.sock.getsockname()

    def close(self):
        try:
            self.sock.shutdown(socket.SHUT_RDWR)  # wakes the thread, also where it says ENOTCONN
        except OSError:
            pass
        self.thread.join(PATIENCE)
        self.sock.close()


def accept_all(listener):
    while True:
        try:
            connection, peer = listener.accept()
        except OSError:
            return
        threading.Thread(target=serve_connection, args=(connection, peer), daemon=True).start()


def dual_stack(kind, command):
    sock = socket.socket(socket.AF_INET6, kind)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    attempt("bind", time.monotonic(), sock.bind, (command.get("bind", "::"), command["port"]))
    return sock


def tcp_serve(command):
    listener = dual_stack(socket.SOCK_STREAM, command)
    listener.listen(4096)
    return {"handle": keep(Server(listener, accept_all))}


def answer_all(server):
    # The answer leaves from the address that was asked, also on a host with several addresses.
    while True:
        try:
            data, ancillary, _, peer = server.recvmsg(65536, 256)
        except OSError:
            continue  # an ICMP error for an earlier answer
        if not ancillary:
            return  # woken by the shutdown, without a datagram
        info = [value for level, kind, value in ancillary if (level, kind) == (socket.IPPROTO_IPV6, IPV6_PKTINFO)]
        local = socket.inet_ntop(socket.AF_INET6, info[0][:16])
        reply = answer(peer, (local, server.getsockname()[1]), data.decode())
        source = info[0][:16] + struct.pack("i", 0)
        try:
            server.sendmsg([reply], [(socket.IPPROTO_IPV6, IPV6_PKTINFO, source)], 0, peer)
        except OSError:
            pass  # the client tells what it saw


def udp_serve(command):
    server = dual_stack(socket.SOCK_DGRAM, command)
    server.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
    return {"handle": keep(Server(server, answer_all))}
