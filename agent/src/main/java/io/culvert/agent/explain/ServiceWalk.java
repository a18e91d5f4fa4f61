// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.explain;

import io.culvert.agent.view.ServiceExplainView.Step;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Pod;
import io.culvert.maps.Affinity;
import io.culvert.maps.AffinityKey;
import io.culvert.maps.Backend;
import io.culvert.maps.DropReason;
import io.culvert.maps.Extent;
import io.culvert.maps.ExtentReader.Reading;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.IpPort;
import io.culvert.maps.LpmKey;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.SourceRangeKey;
import io.culvert.maps.datapath.ServiceAnswer;
import io.culvert.net.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// The tables that decide about a new connection to a frontend, asked in the order in which programs ask them.
final class ServiceWalk {

    private final MapCatalogue maps;
    private final Map<IpAddress, ObjectName> pods;
    private final List<Step> steps = new ArrayList<>();

    /// @param pods by address, as far as they are known
    ServiceWalk(MapCatalogue maps, Map<IpAddress, ObjectName> pods) {
        this.maps = maps;
        this.pods = pods;
    }

    /// What was asked so far.
    List<Step> steps() {
        return steps;
    }

    /// @param client who programs take the sender for
    ExpectedOutcome follow(
            FrontendKey key, IpAddress source, ServiceAnswer.Client client, ServiceClient.Sockets sockets) {
        Optional<Frontend> found = maps.frontends().get(key);
        if (found.isEmpty()) {
            step("frontends", key + " is not there", "");
            return new ExpectedOutcome.NoFrontend();
        }
        Frontend frontend = found.get();
        step("frontends", key + " = " + frontend, "");
        step("sock_lb", sockets(sockets, frontend), "");
        if (frontend.has(FrontendFlag.SOURCE_RANGES) && !admits(frontend, source)) {
            return new ExpectedOutcome.Dropped(
                    DropReason.SOURCE_RANGE, "the client is not in loadBalancerSourceRanges");
        }
        return switch (maps.extents().read(frontend.service())) {
            case Reading.Nothing _ -> {
                step("services", frontend.service() + " = no extent", "");
                yield new ExpectedOutcome.Passed();
            }
            case Reading.Corrupt corrupt -> {
                step("services", frontend.service() + " = " + corrupt.word(), corrupt.reason());
                yield new ExpectedOutcome.Passed();
            }
            case Reading.Published published -> {
                step("services", frontend.service() + " = " + published.word(), "");
                yield choose(frontend, published, source, client);
            }
        };
    }

    private static String sockets(ServiceClient.Sockets sockets, Frontend frontend) {
        boolean left = sockets == ServiceClient.Sockets.POD && frontend.has(FrontendFlag.NEEDS_CLIENT);
        return left ? "left to packets, which show the client's address" : sockets.text();
    }

    private boolean admits(Frontend frontend, IpAddress source) {
        SourceRangeKey key = new SourceRangeKey(frontend.service(), LpmKey.of(source));
        boolean admitted = maps.sourceRanges().get(key).isPresent();
        step("source_ranges", "service " + frontend.service() + " for " + source, admitted ? "let in" : "not let in");
        return admitted;
    }

    private ExpectedOutcome choose(
            Frontend frontend, Reading.Published published, IpAddress source, ServiceAnswer.Client client) {
        Extent extent = published.extent();
        boolean local = frontend.localSet()
                && (frontend.type() == FrontendType.CLUSTER_IP || client == ServiceAnswer.Client.EXTERNAL);
        List<Backend> candidates = local ? extent.local() : extent.cluster();
        step(
                "slots",
                published.word().start() + " = generation " + extent.generation() + ", " + extent.localCount()
                        + " backends here, " + extent.clusterCount() + " in the cluster",
                which(frontend, local, client));
        if (candidates.isEmpty()) {
            return local && extent.endpointsElsewhere()
                    ? new ExpectedOutcome.Dropped(
                            DropReason.NO_LOCAL_BACKEND, "no endpoint is on this node, and others may not be used")
                    : new ExpectedOutcome.Refused();
        }
        candidates.forEach(backend -> step("slots", backend(backend), owner(backend)));
        List<IpPort> ends = candidates.stream()
                .map(backend -> new IpPort(backend.address(), backend.port()))
                .toList();
        return extent.affinitySeconds() == 0
                ? new ExpectedOutcome.Backends(ends)
                : remembered(frontend, extent, source, candidates)
                        .map(backend ->
                                new ExpectedOutcome.Backends(List.of(new IpPort(backend.address(), backend.port()))))
                        .orElseGet(() -> new ExpectedOutcome.Backends(ends));
    }

    private static String which(Frontend frontend, boolean local, ServiceAnswer.Client client) {
        String who = switch (client) {
            case EXTERNAL -> "a client outside of the cluster";
            case POD -> "a pod";
            case HOST -> "this node";
        };
        String policy = frontend.type() == FrontendType.CLUSTER_IP ? "internalTrafficPolicy" : "externalTrafficPolicy";
        return who
                + (local ? " is given those of this node, by " : " is given those of the cluster, by ")
                + policy
                + (frontend.localSet() ? " Local" : " Cluster");
    }

    private static String backend(Backend backend) {
        return new IpPort(backend.address(), backend.port())
                + (backend.local() ? ", on this node" : "")
                + (backend.terminating() ? ", terminating" : "");
    }

    private String owner(Backend backend) {
        return Optional.ofNullable(pods.get(backend.address()))
                .map(ObjectName::toString)
                .orElse("");
    }

    private Optional<Backend> remembered(Frontend frontend, Extent extent, IpAddress source, List<Backend> candidates) {
        AffinityKey key = new AffinityKey(frontend.service(), source);
        Optional<Affinity> entry = maps.affinity().get(key);
        if (entry.isEmpty()) {
            step("affinity", key + " is not there", "any of these, and the same from then on");
            return Optional.empty();
        }
        long age =
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - entry.get().lastUsed());
        boolean current = age <= extent.affinitySeconds();
        Optional<Backend> last = candidates.stream()
                .filter(backend -> backend.id() == entry.get().backendId())
                .findFirst();
        step(
                "affinity",
                key + " = " + last.map(ServiceWalk::backend).orElse("a backend that is none of these") + ", " + age
                        + " s ago",
                !current
                        ? "too long ago for " + extent.affinitySeconds() + " s"
                        : last.isPresent() ? "the same again" : "");
        return current ? last : Optional.empty();
    }

    private void step(String table, String entry, String meaning) {
        steps.add(new Step(table, entry, meaning));
    }

    /// Pods by address.
    static Map<IpAddress, ObjectName> owners(Iterable<Pod> pods) {
        List<Map.Entry<IpAddress, ObjectName>> owners = new ArrayList<>();
        pods.forEach(pod -> {
            if (!pod.hostNetwork()) {
                pod.ips().forEach(address -> owners.add(Map.entry(address, pod.name())));
            }
        });
        return owners.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, _) -> a));
    }
}
