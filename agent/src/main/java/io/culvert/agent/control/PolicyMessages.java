// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.culvert.agent.control.v1.ExplainRequest;
import io.culvert.agent.control.v1.Identity;
import io.culvert.agent.control.v1.IpcacheEntry;
import io.culvert.agent.control.v1.Policy;
import io.culvert.agent.control.v1.PolicyEndpoint;
import io.culvert.agent.control.v1.PolicyRule;
import io.culvert.agent.view.EndpointRow;
import io.culvert.agent.view.IdentityRow;
import io.culvert.agent.view.IpcacheRow;
import io.culvert.agent.view.PolicyRow;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// Views of policies as messages of `control.proto`, and back.
final class PolicyMessages {

    private PolicyMessages() {}

    static Policy of(PolicyRow row) {
        return Policy.newBuilder()
                .setNamespace(row.namespace())
                .setName(row.name())
                .setKind(row.kind())
                .setTier(row.tier())
                .setPriority(row.priority())
                .setSubject(row.subject())
                .setPods(row.pods())
                .addAllDirections(row.directions())
                .addAllRules(row.rules().stream().map(PolicyMessages::of).toList())
                .setGeneration(row.generation())
                .setStatus(row.status())
                .addAllWarnings(row.warnings())
                .build();
    }

    static PolicyRow of(Policy message) {
        return new PolicyRow(
                message.getNamespace(),
                message.getName(),
                message.getKind(),
                message.getTier(),
                message.getPriority(),
                message.getSubject(),
                message.getPods(),
                List.copyOf(message.getDirectionsList()),
                message.getRulesList().stream().map(PolicyMessages::of).toList(),
                message.getGeneration(),
                message.getStatus(),
                List.copyOf(message.getWarningsList()));
    }

    private static PolicyRule of(PolicyRow.Rule rule) {
        PolicyRule.Builder message = PolicyRule.newBuilder()
                .setPlace(rule.place())
                .setName(rule.name())
                .setText(rule.text());
        Long packets = rule.packets();
        Long bytes = rule.bytes();
        if (packets != null && bytes != null) {
            message.setPackets(packets).setBytes(bytes);
        }
        return message.build();
    }

    private static PolicyRow.Rule of(PolicyRule message) {
        return new PolicyRow.Rule(
                message.getPlace(),
                message.getName(),
                message.getText(),
                message.hasPackets() ? (Long) message.getPackets() : null,
                message.hasBytes() ? (Long) message.getBytes() : null);
    }

    static ExplainRequest of(PolicyQueries.Question question) {
        ExplainRequest.Builder message = ExplainRequest.newBuilder()
                .setFrom(question.from())
                .setTo(question.to())
                .setManifests(question.manifests())
                .setFile(question.file());
        question.protocol().ifPresent(message::setProtocol);
        question.port().ifPresent(message::setPort);
        return message.build();
    }

    static PolicyQueries.Question of(ExplainRequest message) {
        return new PolicyQueries.Question(
                message.getFrom(),
                message.getTo(),
                message.hasProtocol() ? OptionalInt.of(message.getProtocol()) : OptionalInt.empty(),
                message.hasPort() ? OptionalInt.of(message.getPort()) : OptionalInt.empty(),
                message.getManifests(),
                message.getFile());
    }

    static PolicyEndpoint of(EndpointRow row) {
        return PolicyEndpoint.newBuilder()
                .setId(row.id())
                .setNamespace(row.namespace())
                .setName(row.name())
                .addAllAddresses(row.addresses())
                .setIngress(row.ingress())
                .setEgress(row.egress())
                .addAllIngressPolicies(row.ingressPolicies())
                .addAllEgressPolicies(row.egressPolicies())
                .addAllIdentities(row.identities())
                .setAudit(row.audit())
                .build();
    }

    static EndpointRow of(PolicyEndpoint message) {
        return new EndpointRow(
                message.getId(),
                message.getNamespace(),
                message.getName(),
                List.copyOf(message.getAddressesList()),
                message.getIngress(),
                message.getEgress(),
                List.copyOf(message.getIngressPoliciesList()),
                List.copyOf(message.getEgressPoliciesList()),
                List.copyOf(message.getIdentitiesList()),
                message.getAudit());
    }

    static Identity of(IdentityRow row) {
        return Identity.newBuilder()
                .setNumber(row.number())
                .setNamespace(row.namespace())
                .putAllNamespaceLabels(row.namespaceLabels())
                .putAllPodLabels(row.podLabels())
                .addAllPorts(row.ports())
                .setAddresses(row.addresses())
                .build();
    }

    static IdentityRow of(Identity message) {
        return new IdentityRow(
                message.getNumber(),
                message.getNamespace(),
                Map.copyOf(message.getNamespaceLabelsMap()),
                Map.copyOf(message.getPodLabelsMap()),
                List.copyOf(message.getPortsList()),
                message.getAddresses());
    }

    static IpcacheEntry of(IpcacheRow row) {
        return IpcacheEntry.newBuilder()
                .setAddress(row.address())
                .setIdentity(row.identity())
                .setPod(row.pod())
                .build();
    }

    static IpcacheRow of(IpcacheEntry message) {
        return new IpcacheRow(message.getAddress(), message.getIdentity(), message.getPod());
    }
}
