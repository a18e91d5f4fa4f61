// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.maps.Control;
import java.nio.file.Path;

/// The pinned maps are of a layout that this agent does not read. Nothing was touched: what is there goes on
/// serving.
public final class ForeignLayoutException extends RuntimeException {

    /// @param bpffs directory of the pins
    /// @param reason what was found and what was expected
    public ForeignLayoutException(Path bpffs, String reason) {
        super("open maps in %s: %s; run the agent that made them, or culvert cleanup --bpffs %s and start again"
                .formatted(bpffs, reason, bpffs));
    }

    /// The maps are of an earlier layout, and were only to be read.
    ///
    /// @param version of that layout
    ForeignLayoutException(Path bpffs, int version) {
        super("read maps in %s: they have layout %d, this culvert reads layout %d; start its agent, which converts them"
                .formatted(bpffs, version, Control.LAYOUT_VERSION));
    }
}
