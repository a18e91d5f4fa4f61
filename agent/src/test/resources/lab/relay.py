# SPDX-License-Identifier: Apache-2.0
"""relay.py PORT HOST TARGET_PORT

A sidecar: takes TCP connections of any address at a port, and makes one of its own for each.
"""
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


def main():
    port, host, target_port = sys.argv[1:]
    listener = socket.create_server(("::", int(port)), family=socket.AF_INET6, dualstack_ipv6=True)
    print("ready", flush=True)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=relay, args=(client, (host, int(target_port))), daemon=True).start()


main()
