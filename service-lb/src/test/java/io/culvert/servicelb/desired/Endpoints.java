// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.Endpoint;
import io.culvert.net.IpAddress;
import java.util.Set;

/// Endpoints for tests: an address, then what is special about it.
public final class Endpoints {

    /// The node that tests run "on".
    public static final String HERE = "here";

    private static final String ELSEWHERE = "elsewhere";

    private final IpAddress address;
    private boolean ready = true;
    private boolean serving = true;
    private boolean terminating;
    private boolean local;
    private Set<String> zoneHints = Set.of();
    private Set<String> nodeHints = Set.of();

    private Endpoints(String address) {
        this.address = IpAddress.of(address);
    }

    /// A ready endpoint of another node.
    public static Endpoints at(String address) {
        return new Endpoints(address);
    }

    public Endpoints local() {
        local = true;
        return this;
    }

    public Endpoints unready() {
        ready = false;
        serving = false;
        return this;
    }

    /// Terminating and still serving.
    public Endpoints terminating() {
        ready = false;
        serving = true;
        terminating = true;
        return this;
    }

    /// Terminating, but published as ready, as a Service may ask for.
    public Endpoints readyThoughTerminating() {
        terminating = true;
        return this;
    }

    /// Terminating and serving no more.
    public Endpoints terminated() {
        ready = false;
        serving = false;
        terminating = true;
        return this;
    }

    public Endpoints zones(String... names) {
        zoneHints = Set.of(names);
        return this;
    }

    public Endpoints nodes(String... names) {
        nodeHints = Set.of(names);
        return this;
    }

    /// As a slice carries it.
    public Endpoint endpoint() {
        return new Endpoint(address, ready, serving, terminating, local ? HERE : ELSEWHERE, null, zoneHints, nodeHints);
    }

    /// As a Service port sees it, on port 80.
    public PortEndpoint onPort80() {
        return new PortEndpoint(address, 80, endpoint(), local);
    }
}
