// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfProgram;
import io.culvert.net.IpAddress;

/// A packet that would open a connection, at one of the two pods.
///
/// @param egress whether the pod sends it; else it receives it
/// @param destination after Service translation
/// @param protocol number of IANA
/// @param port destination port; not looked at for protocols but TCP, UDP and SCTP
public record PolicyQuestion(boolean egress, IpAddress source, IpAddress destination, int protocol, int port) {

    PolicyAnswer ask(BpfProgram probe) {
        ProbeRun run = ProbeRun.of(
                probe, new ProbeRun.Packet(source, destination, protocol, port), ProbeRun.LOOPBACK, egress ? 0 : 1);
        return new PolicyAnswer(
                run.cb(0) == 0, PolicyAnswer.Reason.ofNumber(run.cb(1)), run.cb(2), run.cb(3), run.cb(4));
    }
}
