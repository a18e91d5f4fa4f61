// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides between a tcx link and a clsact filter.
final class TcChoice {

    private static final Logger LOG = LoggerFactory.getLogger(Attachment.class);

    private TcChoice() {}

    /// Only a kernel that is known to lack tcx gets a filter: where the probe could not tell, the link is
    /// tried and its error is the truth.
    ///
    /// @param tcx what the probe of [KernelFeature#TCX_LINK] found
    static Attachment attach(BpfProgram program, int ifindex, TcDirection direction, TcOrder order, FeatureResult tcx) {
        return switch (tcx) {
            case FeatureResult.Supported _, FeatureResult.Inconclusive _ ->
                TcxAttachment.attach(program, ifindex, direction, order);
            case FeatureResult.Unsupported(String needs) -> {
                ClsactAttachment filter = ClsactAttachment.attach(program, ifindex, direction);
                LOG.info("attached {} as {}: tcx links need {}", program.name(), filter.describe(), needs);
                yield filter;
            }
        };
    }
}
