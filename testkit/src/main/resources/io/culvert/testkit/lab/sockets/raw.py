# SPDX-License-Identifier: Apache-2.0
"""Packets that no socket hook sees."""
import socket
import time

from calls import PATIENCE, attempt

PACKET_OUTGOING = 4
ETH_P_ALL = 3


def is_housekeeping(frame, six):
    """Neighbour discovery and redirects: the network talks about itself."""
    if six:
        return frame[20] == socket.IPPROTO_ICMPV6 and frame[54] >= 133
    return frame[23] == socket.IPPROTO_ICMP and frame[34] == 5


def raw(command):
    """Sends an IP packet and returns the frames that come back to its source, housekeeping left out."""
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
            if not is_housekeeping(frame, six):
                frames.append(frame.hex())
    return {"frames": frames}
