// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.culvert.agent.control.v1.ListEndpointsRequest;
import io.culvert.agent.control.v1.ListIdentitiesRequest;
import io.culvert.agent.control.v1.ListIpcacheRequest;
import io.culvert.agent.control.v1.ListPoliciesRequest;
import io.culvert.agent.control.v1.PoliciesGrpc;
import io.culvert.agent.control.v1.PoliciesGrpc.PoliciesBlockingStub;
import io.culvert.agent.view.EndpointRow;
import io.culvert.agent.view.ExplainView;
import io.culvert.agent.view.IdentityRow;
import io.culvert.agent.view.IpcacheRow;
import io.culvert.agent.view.PolicyRow;
import io.grpc.Channel;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Asks an agent about policies; see [ControlClient].
final class PolicyClient implements PolicyQueries {

    private final ControlClient client;
    private final Channel channel;

    PolicyClient(ControlClient client, Channel channel) {
        this.client = client;
        this.channel = channel;
    }

    @Override
    public List<PolicyRow> list(String namespace, String name) {
        ListPoliciesRequest request = ListPoliciesRequest.newBuilder()
                .setNamespace(namespace)
                .setName(name)
                .build();
        return client.ask(() -> ControlClient.all(stub().listPolicies(request), PolicyMessages::of));
    }

    @Override
    public ExplainView explain(Question question) {
        return client.ask(() -> ExplanationMessages.of(stub().explain(PolicyMessages.of(question))));
    }

    @Override
    public List<EndpointRow> endpoints() {
        return client.ask(() ->
                ControlClient.all(stub().listEndpoints(ListEndpointsRequest.getDefaultInstance()), PolicyMessages::of));
    }

    @Override
    public List<IdentityRow> identities() {
        return client.ask(() -> ControlClient.all(
                stub().listIdentities(ListIdentitiesRequest.getDefaultInstance()), PolicyMessages::of));
    }

    @Override
    public List<IpcacheRow> ipcache(String address) {
        ListIpcacheRequest request =
                ListIpcacheRequest.newBuilder().setAddress(address).build();
        return client.ask(() -> ControlClient.all(stub().listIpcache(request), PolicyMessages::of));
    }

    private PoliciesBlockingStub stub() {
        return PoliciesGrpc.newBlockingStub(channel)
                .withDeadlineAfter(ControlClient.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
}
