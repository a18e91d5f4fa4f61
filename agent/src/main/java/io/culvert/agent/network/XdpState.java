// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.loader.BpfException;
import io.culvert.loader.Errno;
import io.culvert.loader.SystemCallException;
import io.culvert.loader.XdpMode;
import io.culvert.maps.datapath.XdpPlace;
import java.util.Optional;
import java.util.Set;

/// How a device of the node has the program before the stack.
///
/// @param mode where it runs; empty: it does not
/// @param reason why not, or why not in the driver; empty where there is nothing to say
/// @param remedy what would change that; empty where nothing would, or the reason says it
public record XdpState(Optional<XdpMode> mode, String reason, String remedy) {

    private static final Set<Errno> TAKEN = Set.of(Errno.EBUSY, Errno.EEXIST);
    private static final String DRIVER =
            "dmesg may have the reason of the driver, as a large MTU, LRO or the number of queues; ";
    private static final String SETTLE = "set xdp to native once that is gone, or to generic to leave it so";

    static XdpState in(XdpPlace place) {
        String reason = place.refusal()
                .map(refusal -> refusal + ", so that it runs behind the driver")
                .orElse("");
        return new XdpState(Optional.of(place.mode()), reason, reason.isEmpty() ? "" : DRIVER + SETTLE);
    }

    static XdpState without(String reason, String remedy) {
        return new XdpState(Optional.empty(), reason, remedy);
    }

    /// What the kernel, or the driver, refused.
    ///
    /// @param asked in the driver and nowhere else
    static XdpState refused(BpfException refusal, boolean asked) {
        String reason = String.valueOf(refusal.getMessage());
        if (refusal instanceof SystemCallException call && TAKEN.contains(call.errno())) {
            return without(reason, "");
        }
        return without(
                reason,
                asked ? DRIVER + "set xdp to auto, which runs it behind a driver that cannot" : "set xdp to off");
    }

    /// `native`, `generic` or `none`.
    @Override
    public String toString() {
        return mode.map(XdpMode::toString).orElse("none");
    }
}
