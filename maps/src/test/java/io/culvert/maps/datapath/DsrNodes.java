// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.FrontendType.NODE_PORT;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.AddressKey;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowKey;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.IpPort;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.SocketName;
import java.util.List;
import java.util.Set;

/// Two nodes: clients outside dial `here`, which has pod `r1`; backends are on `there`, which has pod `b1`.
final class DsrNodes implements AutoCloseable {

    private static final int PORT = 30080;

    final Lab lab;
    final LabNode here;
    final LabNode there;
    final LabPrograms dialled;
    final LabPrograms backends;

    /// @param geneve whether nodes hand packets on by Geneve, else by IPIP
    DsrNodes(boolean geneve) {
        lab = Lab.builder()
                .node("here", PodAttachment.ROUTED, "r1")
                .node("there", PodAttachment.BRIDGED, "b1")
                .create();
        here = lab.node("here");
        there = lab.node("there");
        dialled = programs(here, there, geneve);
        backends = programs(there, here, geneve);
        lab.pods().forEach(pod -> pod.sockets().serve(8080));
        there.sockets().serve(8080);
    }

    private static LabPrograms programs(LabNode node, LabNode other, boolean geneve) {
        LabPrograms programs = LabPrograms.load(node)
                .dispatch(geneve)
                .attachPods(node)
                .attachDevice(node, "eth0", node.ip(IpFamily.IPV4), node.ip(IpFamily.IPV6));
        for (IpFamily family : IpFamily.values()) {
            programs.tables.put(Tables.NODE_ADDRESSES, new AddressKey(node.ip(family)), AddressKey.NODE_PORTS);
            programs.tables.put(Tables.NODE_ADDRESSES, new AddressKey(other.ip(family)), AddressKey.OTHER_NODE);
        }
        return programs;
    }

    static FrontendKey frontend(IpFamily family, Protocol protocol) {
        return new FrontendKey(IpAddress.of(family == IpFamily.IPV4 ? "0.0.0.0" : "::"), PORT, protocol);
    }

    /// A Service with one backend on the other node, as either node has it.
    void serve(IpFamily family, IpAddress backend, int port, Protocol... protocols) {
        List<String> end = List.of("[" + backend + "]:" + port);
        for (Protocol protocol : protocols) {
            FrontendKey key = frontend(family, protocol);
            dialled.tables.service(key, NODE_PORT, Set.of(FrontendFlag.DSR), List.of(), end);
            backends.tables.service(key, NODE_PORT, Set.of(FrontendFlag.DSR), end, List.of());
        }
    }

    /// One whose backend is `b1`.
    void serve(IpFamily family) {
        serve(family, lab.pod("b1").ip(family), 8080, Protocol.TCP, Protocol.UDP);
    }

    Dial dial(IpFamily family) {
        return Dial.to(here.ip(family).toString(), PORT);
    }

    /// The server saw the client itself, which saw the node that it dialled.
    void isDirect(IpFamily family, Outcome.Answer answer) {
        assertThat(answer.peer()).isEqualTo(new SocketName(here.ip(family), PORT));
        assertThat(answer.seen().port()).isEqualTo(answer.local().port());
        assertThat(answer.seen().address()).isNotIn(here.ip(family), there.ip(family));
    }

    /// What the node that is dialled knows of a connection.
    Flow flow(IpFamily family, Protocol protocol, SocketName client) {
        FlowKey key = FlowKey.between(
                protocol, new IpPort(client.address(), client.port()), new IpPort(here.ip(family), PORT));
        return dialled.tables.get(Tables.FLOWS, key).orElseThrow();
    }

    /// What earlier answers have told a client of packets that are too large.
    static void forgetMtu(LabHost client, IpFamily family) {
        client.exec("ip", family == IpFamily.IPV4 ? "-4" : "-6", "route", "flush", "cache")
                .orThrow();
    }

    void clear() {
        dialled.tables.clear();
        backends.tables.clear();
    }

    @Override
    public void close() {
        dialled.close();
        backends.close();
        lab.close();
    }
}
