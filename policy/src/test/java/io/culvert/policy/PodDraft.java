// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.policy.ContainerPort;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// A pod being written down: running, without labels, addresses and ports.
record PodDraft(PolicyPod pod) {

    static PodDraft named(String name) {
        return new PodDraft(new PolicyPod(
                Written.objectName(name), "", Instant.EPOCH, Map.of(), List.of(), false, false, Set.of(), "n1"));
    }

    /// `a=b,c=d`.
    PodDraft labels(String labels) {
        return with(Written.selector(labels).matchLabels(), pod.addresses(), pod.ports());
    }

    PodDraft at(String... addresses) {
        return with(pod.labels(), Stream.of(addresses).map(IpAddress::of).toList(), pod.ports());
    }

    PodDraft port(String name, int number) {
        return port(name, Protocol.TCP, number);
    }

    PodDraft port(String name, Protocol protocol, int number) {
        Set<ContainerPort> ports = new HashSet<>(pod.ports());
        ports.add(new ContainerPort(name, protocol, number));
        return with(pod.labels(), pod.addresses(), ports);
    }

    PodDraft created(long second) {
        return new PodDraft(copy(pod.hostNetwork(), pod.finished(), Instant.ofEpochSecond(second)));
    }

    PodDraft inHostNetwork() {
        return new PodDraft(copy(true, pod.finished(), pod.created()));
    }

    PodDraft finished() {
        return new PodDraft(copy(pod.hostNetwork(), true, pod.created()));
    }

    private PodDraft with(Map<String, String> labels, List<IpAddress> addresses, Set<ContainerPort> ports) {
        return new PodDraft(new PolicyPod(
                pod.name(),
                pod.uid(),
                pod.created(),
                labels,
                addresses,
                pod.hostNetwork(),
                pod.finished(),
                ports,
                pod.nodeName()));
    }

    private PolicyPod copy(boolean hostNetwork, boolean finished, Instant created) {
        return new PolicyPod(
                pod.name(),
                pod.uid(),
                created,
                pod.labels(),
                pod.addresses(),
                hostNetwork,
                finished,
                pod.ports(),
                pod.nodeName());
    }
}
