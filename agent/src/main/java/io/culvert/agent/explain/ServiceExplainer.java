// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.explain;

import io.culvert.agent.control.ServiceQuery;
import io.culvert.agent.control.UnknownObjectException;
import io.culvert.agent.view.ServiceExplainView;
import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ObjectName;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.IpPort;
import io.culvert.maps.datapath.Datapath;
import io.culvert.maps.datapath.ServiceAnswer;
import io.culvert.maps.datapath.ServiceOutcome;
import io.culvert.maps.datapath.ServiceQuestion;
import io.culvert.net.IpAddress;
import io.culvert.servicelb.FrontendView;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Answers `explain service`: from the tables in the kernel, and by a run of the code that packets meet.
///
/// @param frontends all that the kernel has
/// @param nodePortAddresses where NodePorts are served
/// @param links the interfaces of pods by address
/// @param pods names of interfaces of pods, by index
/// @param devices names of the node's devices with programs, by index
public record ServiceExplainer(
        String nodeName,
        ClusterState cluster,
        Datapath datapath,
        List<FrontendView> frontends,
        List<IpAddress> nodePortAddresses,
        Map<IpAddress, Integer> links,
        Map<Integer, String> pods,
        Map<Integer, String> devices) {

    /// @throws UnknownObjectException if the question names what is not there
    public ServiceExplainView explain(ServiceQuery query) {
        ObjectName service = ObjectNames.named(query.service());
        ServiceClient client =
                new ServiceClients(nodeName, cluster, datapath.maps(), links, pods, devices).find(query.client());
        List<FrontendView> wanted = frontends.stream()
                .filter(view -> view.name().service().equals(service))
                .filter(view ->
                        query.port().isEmpty() || view.port() == query.port().getAsInt())
                .filter(view -> query.protocol().isEmpty()
                        || view.name().protocol() == query.protocol().get())
                .toList();
        if (wanted.isEmpty()) {
            throw new UnknownObjectException("explain Service " + service + ": the kernel has no frontend of it"
                    + (query.port().isPresent() ? " at that port" : "")
                    + "; culvert service list shows those that are served, culvert status what is wrong with others");
        }
        Map<IpAddress, ObjectName> owners = ServiceWalk.owners(cluster.pods().values());
        List<ServiceExplainView.Path> paths = wanted.stream()
                .flatMap(view -> path(view, client, owners).stream())
                .toList();
        if (paths.isEmpty()) {
            throw new UnknownObjectException("explain Service " + service + ": " + client.text()
                    + " has no address of a family that the Service is served in; name an address that has");
        }
        return new ServiceExplainView(service.toString(), client.text(), paths);
    }

    /// Empty where client and frontend have no family in common.
    private Optional<ServiceExplainView.Path> path(
            FrontendView view, ServiceClient client, Map<IpAddress, ObjectName> owners) {
        Optional<IpAddress> source = client.addresses().stream()
                .filter(address -> address.isV4() == view.address().isV4())
                .findFirst();
        Optional<IpAddress> dialled = view.type() == FrontendType.NODE_PORT
                ? nodePortAddresses.stream()
                        .filter(address -> address.isV4() == view.address().isV4())
                        .findFirst()
                : Optional.of(view.address());
        return source.flatMap(from -> dialled.map(to -> path(view, client, from, to, owners)));
    }

    private ServiceExplainView.Path path(
            FrontendView view,
            ServiceClient client,
            IpAddress source,
            IpAddress dialled,
            Map<IpAddress, ObjectName> owners) {
        ServiceAnswer answer = datapath.ask(new ServiceQuestion(
                client.ifindex(), source, dialled, view.port(), view.name().protocol()));
        ServiceWalk walk = new ServiceWalk(datapath.maps(), owners);
        FrontendKey key =
                new FrontendKey(view.address(), view.port(), view.name().protocol());
        ExpectedOutcome expected = walk.follow(key, source, answer.client(), client.sockets());
        return new ServiceExplainView.Path(
                source.toString(),
                new IpPort(dialled, view.port()) + "/" + view.name().protocol(),
                view.type().toString(),
                view.name().portName(),
                walk.steps(),
                expected.text(),
                text(answer.outcome(), source),
                expected.agrees(answer.outcome()));
    }

    private static String text(ServiceOutcome outcome, IpAddress source) {
        return switch (outcome) {
            case ServiceOutcome.Translated translated ->
                "sends it to " + translated.backend() + " as " + translated.source()
                        + why(translated, source)
                        + (translated.remembered() ? ", which the client had before" : "");
            case ServiceOutcome.Passed _ -> "lets it pass as it is";
            case ServiceOutcome.Refused _ -> "refuses it (RST or ICMP port unreachable)";
            case ServiceOutcome.Dropped dropped ->
                "drops it (" + dropped.reason().name().toLowerCase(Locale.ROOT) + ")";
            case ServiceOutcome.NoFrontend _ -> "finds no frontend";
        };
    }

    private static String why(ServiceOutcome.Translated translated, IpAddress source) {
        if (translated.source().equals(source)) {
            return "";
        }
        return translated.state().contains(FlowFlag.HAIRPIN)
                ? " (the pod reaches itself)"
                : " (masqueraded: its replies must come back here)";
    }
}
