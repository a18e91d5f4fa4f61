// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import io.culvert.observability.api.flow.AgentEvent;
import io.culvert.observability.api.flow.AgentEventType;
import io.culvert.observability.api.flow.EndpointUpdateNotification;
import io.culvert.observability.api.flow.IPCacheNotification;
import io.culvert.observability.api.flow.PolicyUpdateNotification;
import io.culvert.observability.api.flow.TimeNotification;
import io.culvert.observability.names.Party;
import io.culvert.observability.names.PolicyName;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// What the agent did last. Safe for use by several threads.
public final class AgentLog {

    /// A change of a large cluster may bring hundreds.
    static final int LIMIT = 4096;

    private final InstantSource clock;
    private final Deque<Entry> entries = new ArrayDeque<>();
    private long next;

    /// @param number counts from 0
    record Entry(long number, Instant time, AgentEvent event) {}

    public AgentLog(InstantSource clock) {
        this.clock = clock;
    }

    private synchronized void add(AgentEvent.Builder event) {
        entries.add(new Entry(next++, clock.instant(), event.build()));
        if (entries.size() > LIMIT) {
            entries.removeFirst();
        }
        notifyAll();
    }

    /// Those from a number on that are still kept, in their order.
    synchronized List<Entry> from(long number) {
        return entries.stream().filter(entry -> entry.number >= number).toList();
    }

    /// Waits until there is an entry of that number, at most so long.
    ///
    /// @throws InterruptedException if the thread is interrupted
    synchronized void await(long number, long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        for (long left = millis; next <= number && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }

    public void started(Instant when) {
        add(AgentEvent.newBuilder()
                .setType(AgentEventType.AGENT_STARTED)
                .setAgentStart(TimeNotification.newBuilder().setTime(Timestamps.of(when))));
    }

    /// @param revision counts what was put into force
    public void policyUpdated(PolicyName policy, long revision, int rules) {
        add(AgentEvent.newBuilder()
                .setType(AgentEventType.POLICY_UPDATED)
                .setPolicyUpdate(notification(policy, revision).setRuleCount(rules)));
    }

    public void policyDeleted(PolicyName policy, long revision) {
        add(AgentEvent.newBuilder()
                .setType(AgentEventType.POLICY_DELETED)
                .setPolicyUpdate(notification(policy, revision)));
    }

    private static PolicyUpdateNotification.Builder notification(PolicyName policy, long revision) {
        return PolicyUpdateNotification.newBuilder().setRevision(revision).addAllLabels(policy.labels());
    }

    /// A pod of this node.
    public void endpointCreated(Party pod) {
        add(AgentEvent.newBuilder().setType(AgentEventType.ENDPOINT_CREATED).setEndpointUpdate(notification(pod)));
    }

    public void endpointDeleted(Party pod) {
        add(AgentEvent.newBuilder().setType(AgentEventType.ENDPOINT_DELETED).setEndpointUpdate(notification(pod)));
    }

    private static EndpointUpdateNotification notification(Party pod) {
        return EndpointUpdateNotification.newBuilder()
                .setId(pod.endpoint())
                .addAllLabels(pod.labels())
                .setNamespace(pod.namespace())
                .setPodName(pod.pod())
                .build();
    }

    /// @param cidr an address with the length of its family
    public void addressUpserted(String cidr, Party pod) {
        add(AgentEvent.newBuilder().setType(AgentEventType.IPCACHE_UPSERTED).setIpcacheUpdate(notification(cidr, pod)));
    }

    public void addressDeleted(String cidr, Party pod) {
        add(AgentEvent.newBuilder().setType(AgentEventType.IPCACHE_DELETED).setIpcacheUpdate(notification(cidr, pod)));
    }

    private static IPCacheNotification notification(String cidr, Party pod) {
        return IPCacheNotification.newBuilder()
                .setCidr(cidr)
                .setIdentity(pod.identity())
                .setNamespace(pod.namespace())
                .setPodName(pod.pod())
                .build();
    }
}
