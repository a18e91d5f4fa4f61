// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.culvert.agent.view.AffinityRow;
import io.culvert.agent.view.AuditView;
import io.culvert.agent.view.ConnectionRow;
import io.culvert.agent.view.FrontendRow;
import io.culvert.agent.view.ServiceExplainView;
import io.culvert.agent.view.StatusView;
import io.culvert.servicelb.conntrack.FlowFilter;
import java.util.List;

/// What the control API shows. Called from several threads.
public interface NodeView {

    StatusView status();

    /// Every frontend in the kernel, by namespace, name, port name and address.
    ///
    /// @param namespace empty for all
    /// @param service empty for all
    List<FrontendRow> frontends(String namespace, String service);

    /// Connections that are translated packet by packet, by protocol, Service address and client.
    ///
    /// @throws UnknownObjectException if the filter names a Service or pod that is not there
    List<ConnectionRow> connections(FlowFilter filter);

    /// Forgets connections.
    ///
    /// @throws UnknownObjectException if the filter names a Service or pod that is not there
    /// @return how many
    int flush(FlowFilter filter);

    /// Clients of Services with session affinity, by Service and client.
    List<AffinityRow> affinity();

    /// Compares the kernel with what was programmed.
    ///
    /// @param repair whether what differs is put right
    AuditView audit(boolean repair);

    /// What would become of a connection to a Service.
    ///
    /// @throws UnknownObjectException if the question names what is not there
    ServiceExplainView explain(ServiceQuery query);

    /// What there is to say of policies.
    PolicyQueries policies();
}
