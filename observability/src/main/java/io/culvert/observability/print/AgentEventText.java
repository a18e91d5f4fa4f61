// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.print;

import io.culvert.observability.api.flow.AgentEvent;
import io.culvert.observability.api.flow.EndpointRegenNotification;
import io.culvert.observability.api.flow.EndpointUpdateNotification;
import io.culvert.observability.api.flow.IPCacheNotification;
import io.culvert.observability.api.flow.PolicyUpdateNotification;

/// Something that the agent did, in words.
final class AgentEventText {

    private AgentEventText() {}

    static String details(AgentEvent event, PrintOptions options) {
        String text = switch (event.getNotificationCase()) {
            case AGENT_START ->
                "start time: " + options.time().text(event.getAgentStart().getTime());
            case POLICY_UPDATE -> policy(event.getPolicyUpdate());
            case ENDPOINT_REGENERATE -> regeneration(event.getEndpointRegenerate());
            case ENDPOINT_UPDATE -> endpoint(event.getEndpointUpdate());
            case IPCACHE_UPDATE -> address(event.getIpcacheUpdate());
            case UNKNOWN ->
                "type: " + event.getUnknown().getType() + ", notification: "
                        + event.getUnknown().getNotification();
            case SERVICE_UPSERT -> "id: " + event.getServiceUpsert().getId();
            case SERVICE_DELETE -> "id: " + event.getServiceDelete().getId();
            case NOTIFICATION_NOT_SET -> "UNKNOWN";
        };
        return Paint.harmless(text);
    }

    private static String policy(PolicyUpdateNotification policy) {
        return "labels: [" + String.join(",", policy.getLabelsList()) + "], revision: " + policy.getRevision()
                + ", count: " + policy.getRuleCount();
    }

    private static String regeneration(EndpointRegenNotification endpoint) {
        return "id: " + endpoint.getId() + ", labels: [" + String.join(",", endpoint.getLabelsList()) + "]"
                + part("error", endpoint.getError());
    }

    private static String endpoint(EndpointUpdateNotification endpoint) {
        return "id: " + endpoint.getId() + part("namespace", endpoint.getNamespace())
                + part("pod name", endpoint.getPodName());
    }

    private static String address(IPCacheNotification address) {
        String old = address.hasOldIdentity()
                ? ", old identity: " + address.getOldIdentity().getValue()
                : "";
        return "cidr: " + address.getCidr() + ", identity: " + address.getIdentity() + old
                + part("host ip", address.getHostIp()) + part("old host ip", address.getOldHostIp())
                + ", encrypt key: " + address.getEncryptKey();
    }

    private static String part(String name, String value) {
        return value.isEmpty() ? "" : ", " + name + ": " + value;
    }
}
