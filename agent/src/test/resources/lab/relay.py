# SPDX-License-Identifier: Apache-2.0
"""relay.py PORT HOST TARGET_PORT [NETNS]

A sidecar: takes TCP connections of any address at a port, and makes one of its own for each, in another network
namespace if there is a file of one.
"""
import ctypes
import os
import socket
import sys
import threading


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass  # both ends are told below
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it is gone already


def relay(client, target):
    try:
        server = socket.create_connection(target)
    except OSError:
        client.close()
        return
    threading.Thread(target=pump, args=(server, client), daemon=True).start()
    pump(client, server)


def enter(path):
    """Only the listener stays behind: threads that are started from now on are where this one is."""
    with open(path) as netns:
        if ctypes.CDLL(None, use_errno=True).setns(netns.fileno(), 0):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def main():
    port, host, target_port = sys.argv[1:4]
    listener = socket.create_server(("::", int(port)), family=socket.AF_INET6, dualstack_ipv6=True)
    for path in sys.argv[4:]:
        enter(path)
    print("ready", flush=True)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=relay, args=(client, (host, int(target_port))), daemon=True).start()


main()
