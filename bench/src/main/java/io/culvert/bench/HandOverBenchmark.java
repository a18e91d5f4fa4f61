// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.loader.BpfObject;
import io.culvert.loader.BpfProgram;
import io.culvert.loader.TcDirection;
import io.culvert.loader.TcxAttachment;
import io.culvert.loader.netlink.NetworkNamespace;
import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabLink;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.PodAttachment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;

/// What the fast path may bring at most: pod to pod of one node, without a Service, through the stack, and handed over
/// by programs that do nothing else (`hand_over.c`).
final class HandOverBenchmark {

    private static final String NODE = "n1";
    private static final String CLIENT = "client";
    private static final String SERVER = "server";

    private static final HexFormat COLONS = HexFormat.ofDelimiter(":");

    private final Path root;
    private final LoadProgram load;
    private final int rounds;

    /// @param root of the checkout
    HandOverBenchmark(Path root, LoadProgram load, int rounds) {
        this.root = root;
        this.load = load;
        this.rounds = rounds;
    }

    List<SwitchedLoad.Series> run() throws IOException, InterruptedException {
        byte[] elf = BenchProgram.compile(root, "hand_over");
        try (Lab lab = Lab.builder()
                        .families(IpFamily.IPV4)
                        .node(NODE, PodAttachment.ROUTED, CLIENT, SERVER)
                        .create();
                BpfObject toServer = to(lab.pod(SERVER), elf);
                BpfObject toClient = to(lab.pod(CLIENT), elf)) {
            load.serve(lab.pod(SERVER), BenchService.TARGET_PORT);
            SwitchedLoad switched = new SwitchedLoad(
                    load,
                    lab.pod(CLIENT),
                    List.of(lab.pod(SERVER).ip(IpFamily.IPV4).toString(), Integer.toString(BenchService.TARGET_PORT)),
                    SwitchedLoad.Turns.OF_PROGRAMS);
            Sender fromClient = new Sender(lab.pod(CLIENT), toServer);
            Sender fromServer = new Sender(lab.pod(SERVER), toClient);
            List<TcxAttachment> attached = new ArrayList<>();
            List<SwitchedLoad.Series> all = new ArrayList<>();
            try {
                for (LoadMode mode : LoadMode.ALL) {
                    all.add(switched.measure("hand over", mode, rounds, on -> {
                        detach(attached);
                        if (on) {
                            attached.add(fromClient.attach());
                            attached.add(fromServer.attach());
                        }
                    }));
                }
            } finally {
                detach(attached);
            }
            return all;
        }
    }

    /// Hands over to one pod what another one sends to it.
    private static BpfObject to(LabPod pod, byte[] elf) {
        LabLink host = pod.node().link(pod.hostInterface());
        String frame = pod.link("eth0").address() + ":" + host.address();
        BpfObject object = BpfObject.open("hand_over", elf)
                .configure("config_pod", pod.ip(IpFamily.IPV4).toInetAddress().getAddress())
                .configure("config_interface", host.index())
                .configure("config_frame", COLONS.parseHex(frame));
        object.load();
        return object;
    }

    private static void detach(List<TcxAttachment> attached) {
        attached.forEach(TcxAttachment::detach);
        attached.clear();
    }

    /// Where a pod's packets are handed over.
    private record Sender(String name, Path netns, int ifindex, BpfProgram program) {

        Sender(LabPod pod, BpfObject object) {
            this(
                    pod.hostInterface(),
                    Path.of("/run/netns", pod.node().netns()),
                    pod.node().link(pod.hostInterface()).index(),
                    object.program("hand_over"));
        }

        TcxAttachment attach() throws InterruptedException {
            try {
                return NetworkNamespace.call(netns, () -> TcxAttachment.attach(program, ifindex, TcDirection.INGRESS));
            } catch (ExecutionException e) {
                throw new IllegalStateException("attach hand_over to " + name, e);
            }
        }
    }
}
