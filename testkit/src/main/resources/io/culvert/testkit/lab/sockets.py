# SPDX-License-Identifier: Apache-2.0
"""Real sockets of one lab host, driven over a pipe.

One JSON object a line comes in: {"id": 1, "op": "tcp", ...}. One a line goes out: {"id": 1, "ok": {...}}, or
{"id": 1, "errno": "ECONNREFUSED", "stage": "connect", "ms": 0.2}. The errno TIMEOUT is this program's own patience, as
opposed to the kernel's ETIMEDOUT. Each command runs in a thread of its own. End of input ends the program.
"""
import errno
import itertools
import json
import os
import socket
import struct
import sys
import threading
import time

NAME = sys.argv[1]
PATIENCE = 5.0
handles = {}
numbers = itertools.count(1)
out_lock = threading.Lock()
PACKET_OUTGOING = 4
ETH_P_ALL = 3
IPV6_RECVPKTINFO = 49
IPV6_PKTINFO = 50


class Failed(Exception):
    def __init__(self, error, stage, started):
        super().__init__(stage)
        self.name = "TIMEOUT" if error.errno is None else errno.errorcode.get(error.errno, str(error.errno))
        self.stage = stage
        self.ms = (time.monotonic() - started) * 1000


def attempt(stage, started, action, *args):
    try:
        return action(*args)
    except OSError as error:
        raise Failed(error, stage, started) from error


def keep(thing):
    number = next(numbers)
    handles[number] = thing
    return number


def name_of(address):
    return [address[0], address[1]]


def family_of(host):
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def new_socket(kind, command):
    """A socket for command["host"], bound first where the command asks for it."""
    sock = socket.socket(family_of(command["host"]), kind)
    sock.settimeout(command.get("patience", PATIENCE))
    if "bind" in command:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        attempt("bind", time.monotonic(), sock.bind, (command["bind"], command.get("bindPort", 0)))
    return sock


# Servers: every request line or datagram is answered with who answers and whom it sees.


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


# Clients


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


def name(command):
    sock = handles[command["handle"]]
    started = time.monotonic()
    ends = {"getsockname": lambda: sock.getsockname(), "getpeername": lambda: sock.getpeername()}
    return {"name": name_of(attempt(command["call"], started, ends[command["call"]]))}


def close(command):
    handles.pop(command["handle"]).close()
    return {}


# Load: sockets that never stop asking, for tests that disturb what is under them.


class Load:
    def __init__(self, command):
        self.command = command
        self.stopped = threading.Event()
        self.lock = threading.Lock()
        self.rounds = 0
        self.errors = []
        self.longest = 0.0
        self.servers = {}
        self.changes = 0
        work = {"held": self.held, "fresh": self.fresh, "connected": self.connected, "unconnected": self.unconnected}
        target = work[command["kind"]]
        self.threads = [threading.Thread(target=target, daemon=True) for _ in range(command["count"])]
        for thread in self.threads:
            thread.start()

    def rounds_of(self, ask, recovers):
        """Asks until stopped. A connection that failed once is lost; a datagram socket tries again."""
        last = None
        while not self.stopped.wait(self.command["interval"]):
            started = time.monotonic()
            try:
                server = ask()["server"]
            except Failed as failure:
                with self.lock:
                    self.errors.append({"errno": failure.name, "stage": failure.stage, "ms": failure.ms})
                if not recovers:
                    return
                continue
            with self.lock:
                self.rounds += 1
                self.longest = max(self.longest, time.monotonic() - started)
                self.servers[server] = self.servers.get(server, 0) + 1
                self.changes += 1 if last not in (None, server) else 0
            last = server

    def held(self):
        socks = []

        def ask():
            if not socks:
                socks.append(connected(self.command, time.monotonic()))
            return exchange_line(socks[0], "held", time.monotonic())

        self.rounds_of(ask, False)
        for sock in socks:
            sock.close()

    def fresh(self):
        self.rounds_of(lambda: tcp(self.command | {"text": "fresh"}), True)

    def connected(self):
        sock = handles[udp_open(self.command | {"connected": True})["handle"]]
        self.datagrams(sock, None)

    def unconnected(self):
        sock = new_socket(socket.SOCK_DGRAM, self.command)
        self.datagrams(sock, (self.command["host"], self.command["port"]))

    def datagrams(self, sock, to):
        number = itertools.count()
        self.rounds_of(lambda: exchange_datagram(sock, str(next(number)), to), True)
        sock.close()

    def report(self):
        with self.lock:
            return {"rounds": self.rounds, "errors": list(self.errors), "longestMs": self.longest * 1000,
                    "servers": dict(self.servers), "changes": self.changes}


def load_start(command):
    return {"handle": keep(Load(command))}


def load_report(command):
    return handles[command["handle"]].report()


def load_stop(command):
    load = handles[command["handle"]]
    load.stopped.set()
    for thread in load.threads:
        thread.join(PATIENCE)
    return load.report()


# Packets that no socket hook sees


def raw(command):
    """Sends an IP packet and returns the frames that come back to its source, neighbour discovery left out."""
    packet = bytes.fromhex(command["packet"])
    six = packet[0] >> 4 == 6
    family, size, source, to = (socket.AF_INET6, 16, 8, 24) if six else (socket.AF_INET, 4, 12, 16)
    mine = packet[source:source + size]
    destination = socket.inet_ntop(family, packet[to:to + size])
    deadline = time.monotonic() + command.get("patience", PATIENCE)
    frames = []
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)) as capture, \
            socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW) as sender:
        capture.bind((command["device"], ETH_P_ALL))
        attempt("send", time.monotonic(), sender.sendto, packet, (destination, 0))
        while len(frames) < command["count"] and time.monotonic() < deadline:
            capture.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                frame, address = capture.recvfrom(65536)
            except TimeoutError:
                break
            if address[2] == PACKET_OUTGOING or frame[14 + to:14 + to + size] != mine:
                continue
            if not (six and frame[20] == socket.IPPROTO_ICMPV6 and frame[54] >= 133):
                frames.append(frame.hex())
    return {"frames": frames}


OPERATIONS = {operation.__name__: operation for operation in (
    tcp_serve, udp_serve, tcp, tcp_open, tcp_exchange, udp, udp_open, udp_exchange, name, close,
    load_start, load_report, load_stop, raw)}


def run(command):
    started = time.monotonic()
    try:
        reply = {"ok": OPERATIONS[command["op"]](command)}
    except Failed as failure:
        reply = {"errno": failure.name, "stage": failure.stage, "ms": failure.ms}
    except OSError as error:
        failure = Failed(error, command["op"], started)
        reply = {"errno": failure.name, "stage": failure.stage, "ms": failure.ms}
    except Exception as error:  # a fault of this program or of its caller
        reply = {"fault": repr(error)}
    with out_lock:
        print(json.dumps({"id": command["id"]} | reply), flush=True)


def main():
    for line in sys.stdin:
        threading.Thread(target=run, args=(json.loads(line),), daemon=True).start()
    os._exit(0)


main()
