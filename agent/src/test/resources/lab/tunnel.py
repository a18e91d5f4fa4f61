# SPDX-License-Identifier: Apache-2.0
"""tunnel.py DEVICE HERE THERE

One end of a tunnel between two nodes that encrypts in user space: a device without Ethernet header, and UDP between the
addresses of the nodes. It is where WireGuard is in the path of a packet, and no more than that: who has the key of the
test can read and make packets.
"""
import fcntl
import hashlib
import os
import socket
import struct
import sys
import threading

TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
PORT = 51820
NONCE = 16
KEY = b"the key of a test"


def crypt(nonce, data):
    """Its own inverse: the data and a stream of the key and the nonce, by exclusive or."""
    stream = hashlib.shake_256(KEY + nonce).digest(len(data))
    return (int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(data), "big")


def receive(wire, device):
    while True:
        message = wire.recv(65536)
        try:
            os.write(device, crypt(message[:NONCE], message[NONCE:]))
        except OSError:
            pass  # the device is not up yet


def main():
    name, here, there = sys.argv[1:]
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    wire = socket.socket(socket.AF_INET6 if ":" in here else socket.AF_INET, socket.SOCK_DGRAM)
    wire.bind((here, PORT))
    threading.Thread(target=receive, args=(wire, device), daemon=True).start()
    print("ready", flush=True)
    while True:
        packet = os.read(device, 65536)
        nonce = os.urandom(NONCE)
        try:
            wire.sendto(nonce + crypt(nonce, packet), (there, PORT))
        except OSError:
            pass  # lost, as on any wire


main()
