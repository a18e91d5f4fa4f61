// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyState;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/// Applies changes to a [ClusterState] and notes what became different. Not for use by several threads.
final class StateEditor {

    private ClusterState state = ClusterState.EMPTY;
    private Differences differences = new Differences();

    /// Which Service a slice is filed under: a slice can change its label, and then has to leave the old Service.
    private final Map<ObjectName, ObjectName> serviceOfSlice = new HashMap<>();

    ClusterState state() {
        return state;
    }

    /// What became different since the last call.
    Differences takeDifferences() {
        Differences taken = differences;
        differences = new Differences();
        return taken;
    }

    void apply(Change change) {
        switch (change) {
            case Change.Put(Service service) -> putService(service);
            case Change.Put(EndpointSlice slice) -> putSlice(slice);
            case Change.Put(Node node) -> putNode(node);
            case Change.Put(Pod pod) -> putPod(pod);
            case Change.Put(ServiceCidr cidr) -> putServiceCidr(cidr);
            case Change.Put(PolicyObject object) -> putPolicyObject(object);
            case Change.Remove(ObjectKind kind, ObjectName name) -> remove(kind, name);
        }
    }

    private void remove(ObjectKind kind, ObjectName name) {
        if (PolicyEditor.find(state.policies(), kind, name) != null) {
            withPolicies(PolicyEditor.remove(state.policies(), kind, name), kind, name);
        }
        switch (kind) {
            case SERVICE -> removeService(name);
            case ENDPOINT_SLICE -> removeSlice(name);
            case NODE -> {
                if (state.nodes().containsKey(name.name())) {
                    withNodes(state.nodes().minus(name.name()));
                }
            }
            case POD -> {
                if (state.pods().containsKey(name)) {
                    withPods(state.pods().minus(name));
                }
            }
            case SERVICE_CIDR -> {
                if (state.serviceCidrs().containsKey(name.name())) {
                    withServiceCidrs(state.serviceCidrs().minus(name.name()));
                }
            }
            case NAMESPACE, NETWORK_POLICY, CLUSTER_NETWORK_POLICY -> {}
        }
    }

    private void putService(Service service) {
        if (!service.equals(state.services().get(service.name()))) {
            withServices(state.services().plus(service.name(), service), service.name());
        }
    }

    private void removeService(ObjectName name) {
        if (state.services().containsKey(name)) {
            withServices(state.services().minus(name), name);
        }
    }

    private void putSlice(EndpointSlice slice) {
        ObjectName service = slice.service();
        ObjectName before = serviceOfSlice.put(slice.name(), service);
        if (before != null && !before.equals(service)) {
            unfile(slice.name(), before);
        }
        PMap<String, EndpointSlice> slices = state.slicesByService().getOrDefault(service, HashTreePMap.empty());
        if (!slice.equals(slices.get(slice.name().name()))) {
            withSlices(service, slices.plus(slice.name().name(), slice));
        }
    }

    private void removeSlice(ObjectName name) {
        ObjectName service = serviceOfSlice.remove(name);
        if (service != null) {
            unfile(name, service);
        }
    }

    private void unfile(ObjectName slice, ObjectName service) {
        PMap<String, EndpointSlice> slices = state.slicesByService().get(service);
        if (slices != null) {
            withSlices(service, slices.minus(slice.name()));
        }
    }

    private void withServices(PMap<ObjectName, Service> services, ObjectName changed) {
        state = state.withServices(services);
        differences.services.add(changed);
        differences.serviceChanges++;
    }

    private void withSlices(ObjectName service, PMap<String, EndpointSlice> slices) {
        PMap<ObjectName, PMap<String, EndpointSlice>> all = slices.isEmpty()
                ? state.slicesByService().minus(service)
                : state.slicesByService().plus(service, slices);
        state = state.withSlices(all);
        differences.services.add(service);
        differences.sliceChanges++;
    }

    private void putNode(Node node) {
        if (!node.equals(state.nodes().get(node.name().name()))) {
            withNodes(state.nodes().plus(node.name().name(), node));
        }
    }

    private void putPod(Pod pod) {
        if (!pod.equals(state.pods().get(pod.name()))) {
            withPods(state.pods().plus(pod.name(), pod));
        }
    }

    private void putServiceCidr(ServiceCidr cidr) {
        if (!cidr.equals(state.serviceCidrs().get(cidr.name().name()))) {
            withServiceCidrs(state.serviceCidrs().plus(cidr.name().name(), cidr));
        }
    }

    private void putPolicyObject(PolicyObject object) {
        if (!object.equals(PolicyEditor.find(state.policies(), object.kind(), object.objectName()))) {
            withPolicies(PolicyEditor.put(state.policies(), object), object.kind(), object.objectName());
        }
        if (object instanceof PolicyPod pod) {
            forgetOtherNodes(pod);
        }
    }

    /// A pod of another node that has the name of one that was on this node until now: its source does not report it to
    /// Services any more.
    private void forgetOtherNodes(PolicyPod pod) {
        Pod known = state.pods().get(pod.name());
        if (known != null && !Objects.equals(known.nodeName(), pod.nodeName())) {
            withPods(state.pods().minus(pod.name()));
        }
    }

    private void withPolicies(PolicyState policies, ObjectKind kind, ObjectName changed) {
        state = state.withPolicies(policies);
        differences.addPolicy(kind, changed);
    }

    private void withServiceCidrs(PMap<String, ServiceCidr> cidrs) {
        state = state.withServiceCidrs(cidrs);
        differences.serviceCidrs = true;
    }

    private void withNodes(PMap<String, Node> nodes) {
        state = state.withNodes(nodes);
        differences.nodes = true;
    }

    private void withPods(PMap<ObjectName, Pod> pods) {
        state = state.withPods(pods);
        differences.pods = true;
    }
}
