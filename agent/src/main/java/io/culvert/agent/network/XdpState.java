// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.loader.BpfException;
import io.culvert.loader.Errno;
import io.culvert.loader.SystemCallException;
import io.culvert.loader.XdpMode;
import java.util.Optional;
import java.util.Set;

/// How a device of the node has the program before the stack.
///
/// @param mode where it runs; empty: it does not
/// @param reason why not; empty where it does
/// @param remedy what would change that; empty where nothing would, or the reason says it
public record XdpState(Optional<XdpMode> mode, String reason, String remedy) {

    private static final Set<Errno> TAKEN = Set.of(Errno.EBUSY, Errno.EEXIST);

    static XdpState in(XdpMode mode) {
        return new XdpState(Optional.of(mode), "", "");
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
                asked
                        ? "dmesg may have the reason of the driver, as a large MTU or LRO; set xdp to auto, which runs it"
                                + " behind a driver that cannot"
                        : "set xdp to off");
    }

    /// `native`, `generic` or `none`.
    @Override
    public String toString() {
        return mode.map(XdpMode::toString).orElse("none");
    }
}
