// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.observe;

import io.culvert.observability.api.flow.FlowFilter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// What flags add up to: two filters, of which a flow fits one. A flag about either end is about the source in the
/// first and about the destination in the second; all others are in both. Namespaces are put before names at the end,
/// whatever the order of flags.
final class FilterPair {

    private final FlowFilter.Builder source = FlowFilter.newBuilder();
    private final FlowFilter.Builder destination = FlowFilter.newBuilder();
    private final List<String> namespaces = new ArrayList<>();
    private final List<String> sourceNamespaces = new ArrayList<>();
    private final List<String> destinationNamespaces = new ArrayList<>();
    private final Set<String> flags = new LinkedHashSet<>();

    /// What was given, by names of flags.
    Set<String> flags() {
        return flags;
    }

    void both(Consumer<FlowFilter.Builder> change) {
        change.accept(source);
        change.accept(destination);
    }

    <V> void either(
            V value, BiConsumer<FlowFilter.Builder, V> ofSource, BiConsumer<FlowFilter.Builder, V> ofDestination) {
        ofSource.accept(source, value);
        ofDestination.accept(destination, value);
    }

    void namespace(String name) {
        namespaces.add(name);
    }

    void sourceNamespace(String name) {
        sourceNamespaces.add(name);
    }

    void destinationNamespace(String name) {
        destinationNamespaces.add(name);
    }

    /// One filter if both are the same; none if there was no flag.
    List<FlowFilter> filters() {
        if (flags.isEmpty()) {
            return List.of();
        }
        FlowFilter.Builder first = source.clone();
        FlowFilter.Builder second = destination.clone();
        Stream.of(first, second).forEach(filter -> {
            inSourceNamespaces(filter, sourceNamespaces);
            inDestinationNamespaces(filter, destinationNamespaces);
        });
        inSourceNamespaces(first, namespaces);
        inDestinationNamespaces(second, namespaces);
        return Stream.of(first.build(), second.build()).distinct().toList();
    }

    private static void inSourceNamespaces(FlowFilter.Builder filter, List<String> namespaces) {
        if (namespaces.isEmpty()) {
            return;
        }
        boolean anybody = filter.getSourcePodCount() == 0 && filter.getSourceServiceCount() == 0;
        List<String> pods = anybody ? List.of("") : List.copyOf(filter.getSourcePodList());
        List<String> services = List.copyOf(filter.getSourceServiceList());
        filter.clearSourcePod().addAllSourcePod(named(pods, namespaces));
        filter.clearSourceService().addAllSourceService(named(services, namespaces));
    }

    private static void inDestinationNamespaces(FlowFilter.Builder filter, List<String> namespaces) {
        if (namespaces.isEmpty()) {
            return;
        }
        boolean anybody = filter.getDestinationPodCount() == 0 && filter.getDestinationServiceCount() == 0;
        List<String> pods = anybody ? List.of("") : List.copyOf(filter.getDestinationPodList());
        List<String> services = List.copyOf(filter.getDestinationServiceList());
        filter.clearDestinationPod().addAllDestinationPod(named(pods, namespaces));
        filter.clearDestinationService().addAllDestinationService(named(services, namespaces));
    }

    /// Names that have no namespace get each of these.
    private static List<String> named(List<String> names, List<String> namespaces) {
        return names.stream()
                .flatMap(name -> name.indexOf('/') >= 0
                        ? Stream.of(name)
                        : namespaces.stream().map(namespace -> namespace + "/" + name))
                .toList();
    }
}
