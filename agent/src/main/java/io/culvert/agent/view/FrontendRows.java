// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import io.culvert.cluster.SessionAffinity;
import io.culvert.servicelb.BackendView;
import io.culvert.servicelb.FrontendView;

/// Rows from what load balancing knows.
public final class FrontendRows {

    private FrontendRows() {}

    public static FrontendRow of(FrontendView view) {
        return new FrontendRow(
                view.name().service().namespace(),
                view.name().service().name(),
                view.name().portName(),
                view.type().toString(),
                new AddressRow(
                        view.address().toString(),
                        view.port(),
                        view.name().protocol().name()),
                view.algorithm().toString(),
                FrontendRow.forwardingMode(view.dsr()),
                view.internalTrafficPolicy().apiName(),
                view.externalTrafficPolicy().apiName(),
                affinity(view.sessionAffinity()),
                view.sourceRanges(),
                view.backends().stream().map(FrontendRows::of).toList());
    }

    private static BackendRow of(BackendView backend) {
        return new BackendRow(
                backend.address().toString(),
                backend.port(),
                backend.state().toString(),
                backend.node(),
                backend.zone(),
                backend.local(),
                backend.weight(),
                backend.id());
    }

    private static String affinity(SessionAffinity affinity) {
        return switch (affinity) {
            case SessionAffinity.None _ -> "None";
            case SessionAffinity.ClientIp _ -> "ClientIP";
        };
    }
}
