# SPDX-License-Identifier: Apache-2.0
"""Load: sockets that never stop asking, for tests that disturb what is under them."""
import itertools
import socket
import threading
import time

from calls import PATIENCE, Failed, handles, keep, new_socket
from clients import connected, exchange_datagram, exchange_line, tcp, udp_open


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
