# SPDX-License-Identifier: Apache-2.0
"""socket_kinds.py KIND ADDRESS PORT OTHER: one exchange with a Service by one kind of socket.

Prints who answered, its own end, and who the client thinks that it talks to. OTHER is an address that is no Service.
"""
import ctypes
import errno
import json
import mmap
import os
import select
import socket
import struct
import sys

MSG_FASTOPEN = 0x20000000
TCP_FASTOPEN_CONNECT = 30
IPPROTO_MPTCP = 262
IP_PKTINFO = 8
IPV6_RECVPKTINFO = 49
IPV6_PKTINFO = 50
PATIENCE = 5

kind, host, port, other = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
family = socket.AF_INET6 if ":" in host else socket.AF_INET
service = (host, port)


def make(socket_type, protocol=0):
    sock = socket.socket(family, socket_type, protocol)
    sock.settimeout(PATIENCE)
    return sock


def own_address():
    probe = make(socket.SOCK_DGRAM)
    probe.connect((other, 9))
    return probe.getsockname()[0]


def show(line, peer):
    answer = json.loads(line)
    print(answer["server"], answer["local"][1], peer[0], peer[1])


def exchange(sock, text=b"hello\n"):
    if text:
        sock.sendall(text)
    show(sock.makefile().readline(), sock.getpeername())


def connect(sock, to=service):
    sock.connect(to)
    exchange(sock)


def bound():
    sock = make(socket.SOCK_STREAM)
    sock.bind((own_address(), 0))
    connect(sock)


def nonblocking():
    sock = make(socket.SOCK_STREAM)
    sock.setblocking(False)
    assert sock.connect_ex(service) == errno.EINPROGRESS
    select.select([], [sock], [], PATIENCE)
    sock.settimeout(PATIENCE)
    exchange(sock)


def reuse_port():
    first, second = make(socket.SOCK_STREAM), make(socket.SOCK_STREAM)
    for sock in (first, second):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    first.bind((own_address(), 0))
    second.bind(first.getsockname())
    connect(first)


def fast_open():
    sock = make(socket.SOCK_STREAM)
    sock.setblocking(True)  # else it is too early for an answer to sendto(2)
    sock.sendto(b"hello\n", MSG_FASTOPEN, service)
    exchange(sock, b"")


def fast_open_connect():
    sock = make(socket.SOCK_STREAM)
    sock.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1)
    connect(sock)


def multipath():
    connect(make(socket.SOCK_STREAM, IPPROTO_MPTCP))


def connected_datagrams():
    sock = make(socket.SOCK_DGRAM)
    sock.connect(service)
    sock.send(b"hello")
    show(sock.recv(2000), sock.getpeername())


def datagram():
    sock = make(socket.SOCK_DGRAM)
    sock.sendto(b"hello", service)
    show(*sock.recvfrom(2000))


def datagram_of_connected():
    sock = make(socket.SOCK_DGRAM)
    sock.connect((other, 9))
    sock.sendto(b"hello", service)
    poll = select.select([sock], [], [], 0.5)[0]
    assert not poll, "a connected socket takes no answer from somebody else"
    sock = make(socket.SOCK_DGRAM)
    sock.connect(service)
    sock.sendto(b"hello", service)
    show(*sock.recvfrom(2000))


def packet_info():
    sock = make(socket.SOCK_DGRAM)
    own = socket.inet_pton(family, own_address())
    if family == socket.AF_INET:
        sock.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        info = (socket.IPPROTO_IP, IP_PKTINFO, struct.pack("i4s4s", 0, own, b""))
    else:
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
        info = (socket.IPPROTO_IPV6, IPV6_PKTINFO, struct.pack("16si", own, 0))
    sock.sendmsg([b"hello"], [info], 0, service)
    data, ancillary, _, peer = sock.recvmsg(2000, 256)
    assert own in ancillary[0][2], "the answer is for the address that was sent from"
    show(data, peer)


def raw():
    sock = make(socket.SOCK_RAW, socket.IPPROTO_UDP)
    sock.connect(service)
    print("raw", 0, *sock.getpeername()[:2])


def reconnected():
    sock = make(socket.SOCK_DGRAM)
    sock.connect(service)
    sock.connect((other, 8080))
    sock.send(b"hello")
    show(sock.recv(2000), sock.getpeername())


def io_uring():
    """One IORING_OP_CONNECT, by hand: see io_uring(7)."""
    libc = ctypes.CDLL(None, use_errno=True)
    parameters = ctypes.create_string_buffer(120)
    ring = libc.syscall(425, 1, parameters)
    if ring < 0:
        raise OSError(ctypes.get_errno(), "io_uring_setup")
    submission, completion = struct.unpack_from("7I", parameters, 40), struct.unpack_from("6I", parameters, 80)
    queue, results = (mmap.mmap(ring, 4096, offset=offset) for offset in (0, 0x8000000))
    entries = mmap.mmap(ring, 4096, offset=0x10000000)
    sock = make(socket.SOCK_STREAM)
    sock.setblocking(True)
    packed = socket.inet_pton(family, host)
    if family == socket.AF_INET:
        address = struct.pack("=H2s4s8x", family, port.to_bytes(2, "big"), packed)
    else:
        address = struct.pack("=H2sI16sI", family, port.to_bytes(2, "big"), 0, packed, 0)
    buffer = ctypes.create_string_buffer(address, len(address))
    entries[:64] = struct.pack("=BBHiQQI36x", 16, 0, 0, sock.fileno(), len(address), ctypes.addressof(buffer), 0)
    struct.pack_into("I", queue, submission[6], 0)
    struct.pack_into("I", queue, submission[1], 1)
    if libc.syscall(426, ring, 1, 1, 1, None, 0) != 1:
        raise OSError(ctypes.get_errno(), "io_uring_enter")
    _, result, _ = struct.unpack_from("=Qii", results, completion[5])
    if result:
        raise OSError(-result, os.strerror(-result))
    exchange(sock)


globals()[kind]()
