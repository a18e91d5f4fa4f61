# SPDX-License-Identifier: Apache-2.0
"""Real sockets of one lab host, driven over a pipe.

One JSON object a line comes in: {"id": 1, "op": "tcp", ...}. One a line goes out: {"id": 1, "ok": {...}}, or
{"id": 1, "errno": "ECONNREFUSED", "stage": "connect", "ms": 0.2}. The errno TIMEOUT is this program's own patience, as
opposed to the kernel's ETIMEDOUT. Each command runs in a thread of its own. End of input ends the program.
"""
import json
import os
import sys
import threading
import time

from calls import Failed, close, name
from clients import tcp, tcp_exchange, tcp_open, tcp_reset, udp, udp_exchange, udp_open
from load import load_report, load_start, load_stop
from raw import capture, captured, raw, send
from reach import reach
from servers import tcp_serve, udp_serve

out_lock = threading.Lock()
OPERATIONS = {operation.__name__: operation for operation in (
    tcp_serve, udp_serve, tcp, tcp_open, tcp_exchange, tcp_reset, udp, udp_open, udp_exchange, name, close,
    load_start, load_report, load_stop, raw, send, capture, captured,
    reach)}


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
