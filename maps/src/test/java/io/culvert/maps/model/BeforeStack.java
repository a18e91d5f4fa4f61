// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import io.culvert.maps.FlowFlag;
import io.culvert.maps.FlowRole;
import java.util.Arrays;
import java.util.HexFormat;

/// What `xdp_lb` may do with a packet: nothing at all, or what both programs behind the stack do, with the hop between
/// them.
final class BeforeStack {

    private static final int XDP_PASS = 2;
    private static final int XDP_TX = 3;
    private static final int XDP_REDIRECT = 4;

    private final Kernel kernel;
    private final DatapathModel model;

    BeforeStack(Kernel kernel, DatapathModel model) {
        this.kernel = kernel;
        this.model = model;
    }

    /// Whether the program sent the packet on, as it should. If not, `net_ingress` is to meet it as if nothing had
    /// been.
    boolean takes(Frame frame) {
        int verdict = kernel.runXdp(frame);
        byte[] sent = kernel.packet();
        if (verdict == XDP_PASS) {
            if (!Arrays.equals(frame.bytes(), sent)) {
                throw new Disagreement(
                        "xdp_lb changed what it passed on: " + HexFormat.of().formatHex(sent));
            }
            return false;
        }
        Outcome entered = model.meet(frame, Outcome.PASS);
        if (entered.verdict() != Outcome.PASS || !entered.isTranslated()) {
            throw new Disagreement("xdp_lb took what goes no further: " + entered);
        }
        Packet between = PacketParser.parse(entered.bytes()).orElseThrow();
        int device = model.network.device(
                between.source().address(), between.destination().address());
        Outcome left = leaves(frame, new Frame(Hook.NET_EGRESS, entered.bytes(), device, frame.device()), between);
        int expected = device == frame.device() ? XDP_TX : XDP_REDIRECT;
        if (!left.isTranslated() || verdict != expected) {
            throw new Disagreement("xdp_lb says " + verdict + ", not " + expected + ", of " + left);
        }
        byte[] wanted = hop(left.bytes());
        if (!Translation.same(wanted, sent)) {
            throw new Disagreement("xdp_lb sent " + HexFormat.of().formatHex(sent) + ", not "
                    + HexFormat.of().formatHex(wanted));
        }
        return true;
    }

    /// Before the stack, the entry of the client says as whom a connection is masqueraded. Behind it, that of the
    /// replies does, which is refreshed; of a connection that is over, another one may have taken it.
    private Outcome leaves(Frame came, Frame leaving, Packet packet) {
        Entry met = PacketParser.parse(came.bytes()).flatMap(model.flows::met).orElseThrow();
        if (met.role != FlowRole.FORWARD) {
            return model.meet(leaving, Outcome.PASS);
        }
        if (!met.has(FlowFlag.MASQUERADED)) {
            throw new Disagreement("xdp_lb took a connection without masquerade");
        }
        byte[] bytes = Translation.of(leaving.bytes(), packet, met.connection.masquerade, packet.destination());
        return Outcome.translated(bytes, "masqueraded before the stack");
    }

    /// One hop later, at the router that the next hop is.
    private static byte[] hop(byte[] bytes) {
        byte[] result = bytes.clone();
        System.arraycopy(Site.ROUTER, 0, result, 0, Site.ROUTER.length);
        System.arraycopy(Site.MAC, 0, result, Site.MAC.length, Site.MAC.length);
        boolean v4 = Bytes.u16(bytes, 12) == PacketParser.IPV4;
        result[Bytes.ETHERNET + (v4 ? 8 : 7)]--;
        if (v4) {
            int at = Bytes.ETHERNET + 10;
            int sum = Bytes.fold(Bytes.u16(bytes, at) + 0x0100L);
            Bytes.put16(result, at, sum == 0xffff ? 0 : sum);
        }
        return result;
    }
}
