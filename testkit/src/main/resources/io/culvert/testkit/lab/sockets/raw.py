# SPDX-License-Identifier: Apache-2.0
"""Packets that no socket hook sees."""
import socket
import time

from calls import PATIENCE, attempt, handles, keep

PACKET_OUTGOING = 4
ETH_P_ALL = 3
ETH_P_IP = b"\x08\x00"
ETH_P_IPV6 = b"\x86\xdd"
SO_RCVBUFFORCE = 33


def is_housekeeping(frame):
    """Neighbour discovery and redirects: the network talks about itself."""
    if frame[12:14] == ETH_P_IPV6:
        return frame[20] == socket.IPPROTO_ICMPV6 and frame[54] >= 133
    return frame[23] == socket.IPPROTO_ICMP and frame[34] == 5


def family_of(packet):
    """The address family of an IP packet, and where its source and its destination are."""
    if packet[0] >> 4 == 6:
        return socket.AF_INET6, slice(8, 24), slice(24, 40)
    return socket.AF_INET, slice(12, 16), slice(16, 20)


def send(command):
    """Sends IP packets one after the other, and waits for nothing."""
    for packet in map(bytes.fromhex, command["packets"]):
        family, _, to = family_of(packet)
        with socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW) as sender:
            attempt("send", time.monotonic(), sender.sendto, packet, (socket.inet_ntop(family, packet[to]), 0))
    return {}


def raw(command):
    """Sends an IP packet and returns the frames that come back to its source, housekeeping left out."""
    packet = bytes.fromhex(command["packet"])
    family, source, to = family_of(packet)
    mine = packet[source]
    destination = socket.inet_ntop(family, packet[to])
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
            if address[2] == PACKET_OUTGOING or frame[14:][to] != mine:
                continue
            if not is_housekeeping(frame):
                frames.append(frame.hex())
    return {"frames": frames}


def capture(command):
    """Holds IP frames that arrive at a device in the buffer of a socket."""
    arrived = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    arrived.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
    arrived.bind((command["device"], ETH_P_ALL))
    arrived.setblocking(False)
    return {"handle": keep(arrived)}


def captured(command):
    """What arrived since the last time, in order."""
    frames = []
    while True:
        try:
            frame, address = handles[command["handle"]].recvfrom(65536)
        except BlockingIOError:
            return {"frames": frames}
        if address[2] != PACKET_OUTGOING and frame[12:14] in (ETH_P_IP, ETH_P_IPV6) and not is_housekeeping(frame):
            frames.append(frame.hex())
