// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.loader.netlink.NetworkNamespace;
import io.culvert.net.IpFamily;
import io.culvert.testkit.fakeapi.FakeApiServer;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;

/// A kube-proxy binary on a node of a lab, in mode nftables, with an API server of its own that listens on the node's
/// loopback.
final class RealKubeProxy implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final FakeApiServer api;
    private final LabProcess process;

    private RealKubeProxy(FakeApiServer api, LabProcess process) {
        this.api = api;
        this.process = process;
    }

    /// Starts it and waits until it has programmed the last of the Services.
    ///
    /// @param services of IPv4
    static RealKubeProxy start(Path binary, LabNode node, List<BenchService> services)
            throws ExecutionException, InterruptedException {
        FakeApiServer api = NetworkNamespace.call(Path.of("/run/netns", node.netns()), FakeApiServer::start);
        api.put(LabObjects.node(node));
        services.forEach(service -> api.put(service.manifest(node.name())));
        LabProcess process = node.start(
                "kube-proxy",
                List.of(
                        binary.toString(),
                        "--master=" + api.url(),
                        "--kube-api-content-type=application/json",
                        "--proxy-mode=nftables",
                        "--hostname-override=" + node.name(),
                        "--cluster-cidr=" + node.podRange(IpFamily.IPV4),
                        "--conntrack-max-per-core=0",
                        "--conntrack-tcp-timeout-established=0s",
                        "--conntrack-tcp-timeout-close-wait=0s"));
        RealKubeProxy started = new RealKubeProxy(api, process);
        String element = services.getLast().clusterIp() + " . tcp . " + BenchService.PORT;
        try {
            process.await(
                    "rules for " + element,
                    () -> node.exec("nft", "list", "map", "ip", "kube-proxy", "service-ips")
                            .output()
                            .contains(element),
                    PATIENCE);
            return started;
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
    }

    @Override
    public void close() {
        process.kill();
        api.close();
    }
}
