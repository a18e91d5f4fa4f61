// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.maps.Algorithm;
import io.culvert.maps.Backend;
import io.culvert.maps.Extent;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.util.List;
import java.util.stream.IntStream;

/// Services made of nothing but numbers.
final class TestExtents {

    private TestExtents() {}

    /// A service whose every backend is this port of 127.0.0.1.
    static Extent local(int service, Datapath datapath, int port, int count) {
        List<Backend> backends = IntStream.range(0, count)
                .mapToObj(i -> new Backend(
                        IpAddress.of("127.0.0.1"),
                        port,
                        1,
                        datapath.backendIds().allocate(),
                        0,
                        true,
                        false))
                .toList();
        return new Extent(service, 0, count, 0, count, 0, Algorithm.RANDOM, false, false, backends);
    }

    /// Publishes a service with one TCP frontend; returns its index.
    static int publish(Datapath datapath, String address, int port, int backends) {
        int service = datapath.extents().reserve();
        datapath.extents().publish(local(service, datapath, port, backends));
        datapath.maps().frontends().put(tcp(address), Frontend.clusterIp(service, false));
        return service;
    }

    static FrontendKey tcp(String address) {
        return new FrontendKey(IpAddress.of(address), 80, Protocol.TCP);
    }
}
