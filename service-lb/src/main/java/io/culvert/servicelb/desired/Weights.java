// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.Service;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Annotation `culvert.io/weights`: what part of new connections each group of a Service's endpoints is given. A group
/// is the pods with one value of a label, `pod-label/track: stable=9,canary=1`, or the endpoints of one EndpointSlice,
/// `slice: web-blue=9,web-green=1`. `*` stands for all others, which count 1 where nothing is said of them.
///
/// @param label of pods; empty where groups are EndpointSlices
/// @param groups weight by value of the label or name of the EndpointSlice, 0 to 65,535
/// @param others the weight of each group that is not named
public record Weights(String label, Map<String, Integer> groups, int others) {

    public static final String ANNOTATION = "culvert.io/weights";

    static final int MOST = 65_535;

    private static final String POD_LABEL = "pod-label/";
    private static final String SLICE = "slice";
    private static final String OTHERS = "*";
    private static final String UNDERSTOOD =
            "\"pod-label/KEY: VALUE=N,...\" or \"slice: NAME=N,...\", N from 0 to " + MOST;

    public Weights {
        groups = Map.copyOf(groups);
    }

    /// Those that a Service asks for; empty where it asks for none or for what cannot be read.
    static Optional<Weights> of(Service service, List<ServiceConflict> conflicts) {
        String text = service.annotations().get(ANNOTATION);
        if (text == null) {
            return Optional.empty();
        }
        Optional<Weights> weights = parse(text);
        if (weights.isEmpty()) {
            conflicts.add(new ServiceConflict.AnnotationNotUnderstood(ANNOTATION, text, UNDERSTOOD));
        }
        return weights;
    }

    /// Whether groups are of pods.
    boolean byPodLabel() {
        return !label.isEmpty();
    }

    /// Whether a Service's endpoints depend on labels of pods.
    public static boolean byPodLabel(Service service) {
        return service.annotations().getOrDefault(ANNOTATION, "").strip().startsWith(POD_LABEL);
    }

    static Optional<Weights> parse(String text) {
        int colon = text.indexOf(':');
        String kind = colon < 0 ? "" : text.substring(0, colon).strip();
        boolean pods = kind.startsWith(POD_LABEL) && kind.length() > POD_LABEL.length();
        if (!pods && !kind.equals(SLICE)) {
            return Optional.empty();
        }
        Map<String, Integer> groups = new HashMap<>();
        for (String part : text.substring(colon + 1).split(",", -1)) {
            int equals = part.lastIndexOf('=');
            int weight = equals < 0 ? -1 : number(part.substring(equals + 1).strip());
            if (weight < 0 || groups.putIfAbsent(part.substring(0, equals).strip(), weight) != null) {
                return Optional.empty();
            }
        }
        Integer others = groups.remove(OTHERS);
        return Optional.of(
                new Weights(pods ? kind.substring(POD_LABEL.length()) : "", groups, others == null ? 1 : others));
    }

    /// -1 if it is no weight.
    private static int number(String text) {
        if (!text.matches("[0-9]{1,5}")) {
            return -1;
        }
        int number = Integer.parseInt(text);
        return number > MOST ? -1 : number;
    }

    /// What a group is given. An endpoint without the label is one of a group of its own, with no name.
    int of(String group) {
        return groups.getOrDefault(group, others);
    }

    /// The endpoints with their weights.
    ///
    /// @param labels of the pod of an endpoint; empty where pods are not known yet, so that weights
    ///     stay as they are
    List<PortEndpoint> assign(
            List<PortEndpoint> endpoints, Optional<Function<PortEndpoint, Map<String, String>>> labels) {
        if (!byPodLabel()) {
            return GroupShares.assign(endpoints, PortEndpoint::slice, this);
        }
        return labels.map(of -> GroupShares.assign(
                        endpoints, endpoint -> of.apply(endpoint).getOrDefault(label, ""), this))
                .orElseGet(() -> endpoints.stream()
                        .map(endpoint -> endpoint.withWeight(PortEndpoint.UNKNOWN_WEIGHT))
                        .toList());
    }
}
