# SPDX-License-Identifier: Apache-2.0
"""Many clients at once: one exchange with each of many servers, by one thread."""
import json
import selectors
import socket

from calls import family_of

KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}


class Question:
    """One socket: it connects if it must, asks, and waits for the name of who answers."""

    def __init__(self, kind, host, port):
        self.sock = socket.socket(family_of(host), KINDS[kind])
        self.sock.setblocking(False)
        self.to = (host, port)
        self.server = None

    def begin(self):
        if self.sock.type == socket.SOCK_DGRAM:
            self.sock.sendto(b"reach", self.to)
            return selectors.EVENT_READ
        try:
            self.sock.connect(self.to)
        except BlockingIOError:
            pass
        return selectors.EVENT_WRITE

    def go_on(self, events):
        """What to wait for next; 0 when there is nothing more to come."""
        if events & selectors.EVENT_WRITE:
            self.sock.sendall(b"reach\n")
            return selectors.EVENT_READ
        line = self.sock.recv(65536)
        self.server = json.loads(line)["server"] if line else None
        return 0


def reach(command):
    """Names of the servers that answered, by question; None of those that did not while no answer came for the patience."""
    questions = [Question(*target) for target in command["targets"]]
    with selectors.DefaultSelector() as waiting:
        for question in questions:
            step(waiting, question, question.begin)
        while waiting.get_map():
            ready = waiting.select(command["patience"])
            if not ready:
                break
            for key, events in ready:
                step(waiting, key.data, key.data.go_on, events)
    for question in questions:
        question.sock.close()
    return {"servers": [question.server for question in questions]}


def step(waiting, question, action, *args):
    known = question.sock in waiting.get_map()
    try:
        events = action(*args)
    except OSError:
        events = 0
    if known:
        waiting.unregister(question.sock)
    if events:
        waiting.register(question.sock, events, question)
