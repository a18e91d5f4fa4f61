// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.culvert.agent.control.v1.ExplainRequest;
import io.culvert.agent.control.v1.Explanation;
import io.culvert.agent.control.v1.Identity;
import io.culvert.agent.control.v1.IpcacheEntry;
import io.culvert.agent.control.v1.ListEndpointsRequest;
import io.culvert.agent.control.v1.ListIdentitiesRequest;
import io.culvert.agent.control.v1.ListIpcacheRequest;
import io.culvert.agent.control.v1.ListPoliciesRequest;
import io.culvert.agent.control.v1.PoliciesGrpc;
import io.culvert.agent.control.v1.Policy;
import io.culvert.agent.control.v1.PolicyEndpoint;
import io.grpc.stub.StreamObserver;

/// Answers the calls of service Policies from a [NodeView].
final class PolicyService extends PoliciesGrpc.PoliciesImplBase {

    private final NodeView node;

    PolicyService(NodeView node) {
        this.node = node;
    }

    @Override
    public void listPolicies(ListPoliciesRequest request, StreamObserver<Policy> answer) {
        Answers.stream(
                () -> node.policies().list(request.getNamespace(), request.getName()), PolicyMessages::of, answer);
    }

    @Override
    public void explain(ExplainRequest request, StreamObserver<Explanation> answer) {
        Answers.one(() -> ExplanationMessages.of(node.policies().explain(PolicyMessages.of(request))), answer);
    }

    @Override
    public void listEndpoints(ListEndpointsRequest request, StreamObserver<PolicyEndpoint> answer) {
        Answers.stream(() -> node.policies().endpoints(), PolicyMessages::of, answer);
    }

    @Override
    public void listIdentities(ListIdentitiesRequest request, StreamObserver<Identity> answer) {
        Answers.stream(() -> node.policies().identities(), PolicyMessages::of, answer);
    }

    @Override
    public void listIpcache(ListIpcacheRequest request, StreamObserver<IpcacheEntry> answer) {
        Answers.stream(() -> node.policies().ipcache(request.getAddress()), PolicyMessages::of, answer);
    }
}
