# SPDX-License-Identifier: Apache-2.0
"""What all kinds of sockets share: handles, failures with the name of the errno, sockets made as a command asks."""
import errno
import itertools
import socket
import time

PATIENCE = 5.0
handles = {}
numbers = itertools.count(1)


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


def name(command):
    sock = handles[command["handle"]]
    started = time.monotonic()
    ends = {"getsockname": lambda: sock.getsockname(), "getpeername": lambda: sock.getpeername()}
    return {"name": name_of(attempt(command["call"], started, ends[command["call"]]))}


def close(command):
    handles.pop(command["handle"]).close()
    return {}
