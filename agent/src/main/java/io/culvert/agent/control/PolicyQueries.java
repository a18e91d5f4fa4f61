// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.culvert.agent.view.EndpointRow;
import io.culvert.agent.view.ExplainView;
import io.culvert.agent.view.IdentityRow;
import io.culvert.agent.view.IpcacheRow;
import io.culvert.agent.view.PolicyRow;
import java.util.List;
import java.util.OptionalInt;

/// What the control API shows of policies. Called from several threads.
public interface PolicyQueries {

    /// May one connect to the other?
    ///
    /// @param from a pod's `namespace/name`, or an address
    /// @param to a pod's or a Service's `namespace/name`, or an address
    /// @param protocol IANA's number; empty where a Service's ports say it
    /// @param port of the Service, or of the pod
    /// @param manifests of policies that are to be thought of as applied; empty for none
    /// @param file where they are, for messages
    record Question(String from, String to, OptionalInt protocol, OptionalInt port, String manifests, String file) {}

    /// NetworkPolicies by name, then ClusterNetworkPolicies in the order in which they are asked.
    ///
    /// @param namespace empty for all
    /// @param name empty for all; else policies of this name, with warnings
    List<PolicyRow> list(String namespace, String name);

    /// @throws UnknownObjectException if the question names what is not there
    ExplainView explain(Question question);

    /// By namespace and name.
    List<EndpointRow> endpoints();

    /// By number, then namespace.
    List<IdentityRow> identities();

    /// By address.
    ///
    /// @param address empty for all
    List<IpcacheRow> ipcache(String address);
}
