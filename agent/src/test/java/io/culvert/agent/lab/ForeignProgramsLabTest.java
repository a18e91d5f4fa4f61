// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static io.culvert.agent.lab.PodDatagrams.send;
import static io.culvert.agent.lab.PodDatagrams.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.BpfObject;
import io.culvert.loader.TcDirection;
import io.culvert.loader.TcxAttachment;
import io.culvert.loader.compile.ClangCompiler;
import io.culvert.loader.netlink.NetworkNamespace;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.PodAttachment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Somebody else has programs at the interface of a pod, as a CNI, a mesh or an observer. Theirs drop what goes to a
/// port of their own, by which it is seen that they run.
@LabTest
@SuppressWarnings("NullAway.Init") // set before each test
class ForeignProgramsLabTest {

    private static final int TC_ACT_UNSPEC = -1;
    private static final int TC_ACT_OK = 0;
    private static final int PORT = 8080;
    private static final int MARKER = 9;
    private static final int FIRSTS = 7001;
    private static final int LASTS = 7002;

    private static final String FOREIGN = """
            /* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
            #include <linux/bpf.h>
            #include <linux/pkt_cls.h>
            #include <bpf/bpf_endian.h>
            #include <bpf/bpf_helpers.h>

            volatile const __u16 config_port = 0;
            volatile const __u32 config_verdict = 0;

            SEC("tc")
            int foreign(struct __sk_buff *skb)
            {
            	__u32 offset = skb->protocol == bpf_htons(0x86dd) ? 14 + 40 + 2 : 14 + 20 + 2;
            	__be16 port = 0;

            	if (!bpf_skb_load_bytes(skb, offset, &port, sizeof(port)) && port == bpf_htons(config_port))
            		return TC_ACT_SHOT;
            	return config_verdict;
            }

            char LICENSE[] SEC("license") = "Dual BSD/GPL";
            """;

    private static final String POLICIES = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: web, namespace: default}
            spec:
              podSelector: {matchLabels: {app: web}}
              policyTypes: [Ingress, Egress]
              ingress:
              - from: [{podSelector: {matchLabels: {app: client}}}]
              - ports: [{protocol: UDP, port: 9}]
              egress:
              - to: [{podSelector: {matchLabels: {app: client}}}]
              - ports: [{protocol: UDP, port: 9}]
            """;

    /// Where the program is that was there first, and how it ends.
    enum First {
        TCX_THAT_ENDS_THE_CHAIN,
        TCX_THAT_GOES_ON,
        CLSACT
    }

    @TempDir
    private Path directory;

    private final List<BpfObject> objects = new ArrayList<>();
    private Lab lab;
    private LabPod web;

    @BeforeEach
    void create() {
        lab = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "client", "stranger", "web")
                .create();
        web = lab.pod("web");
        lab.writeManifest("objects.yaml", LabObjects.all(lab));
        lab.writeManifest("policies.yaml", POLICIES);
    }

    @AfterEach
    void remove() {
        objects.forEach(BpfObject::close);
        lab.close();
    }

    @ParameterizedTest
    @EnumSource
    void C8_20_policiesHoldBesideProgramsOfOthers(First first) throws Exception {
        BpfObject theirs = foreign(FIRSTS, first == First.TCX_THAT_GOES_ON ? TC_ACT_UNSPEC : TC_ACT_OK);
        List<TcxAttachment> attached = new ArrayList<>();
        if (first == First.CLSACT) {
            filter(theirs);
        } else {
            attached.addAll(attach(theirs));
        }
        LabAgent agent = new LabAgent(web.node()).launch().awaitReady();
        attached.addAll(attach(foreign(LASTS, TC_ACT_UNSPEC)));
        // Behind a tcx program that ends the chain nothing runs, whoever it is of.
        Set<Integer> dropped = first == First.TCX_THAT_ENDS_THE_CHAIN ? Set.of(FIRSTS) : Set.of(FIRSTS, LASTS);

        assertHeld(dropped);
        agent.kill();
        assertHeld(dropped);
        agent.launch().awaitReady();
        assertHeld(dropped);
        assertThat(attached)
                .allSatisfy(attachment -> assertThat(attachment.programId()).isPresent());
    }

    /// Web talks to client, and not to a stranger; what the others drop does not arrive.
    private void assertHeld(Set<Integer> dropped) {
        LabPod client = lab.pod("client");
        LabPod stranger = lab.pod("stranger");
        Map<LabPod, HeardPackets> heard = new HashMap<>();
        List.of(web, client, stranger).forEach(pod -> heard.put(pod, new HeardPackets(pod)));
        both(stranger, PORT, "forbidden");
        both(client, PORT, "allowed");
        both(client, FIRSTS, "to " + FIRSTS);
        both(client, LASTS, "to " + LASTS);
        both(client, MARKER, "marker");
        both(stranger, MARKER, "marker of a stranger");
        heard.forEach((pod, packets) -> {
            Set<String> wanted = new HashSet<>();
            if (pod != stranger) {
                wanted.addAll(texts("marker", "allowed"));
                IntStream.of(FIRSTS, LASTS)
                        .filter(port -> !dropped.contains(port))
                        .forEach(port -> wanted.addAll(texts("to " + port)));
            }
            if (pod != client) {
                wanted.addAll(texts("marker of a stranger"));
            }
            packets.awaitAll(wanted);
            assertThat(packets.texts()).as(pod.name()).containsExactlyInAnyOrderElementsOf(wanted);
        });
    }

    /// From web and to it.
    private void both(LabPod other, int port, String text) {
        send(other, web, port, text);
        send(web, other, port, text);
    }

    /// @param port that it drops
    private BpfObject foreign(int port, int verdict) throws IOException {
        Files.writeString(directory.resolve("foreign.c"), FOREIGN);
        byte[] elf =
                Objects.requireNonNull(ClangCompiler.onPath().compile(directory).get("foreign"));
        BpfObject object = BpfObject.open("foreign", elf)
                .configure("config_port", (short) port)
                .configure("config_verdict", verdict)
                .load();
        objects.add(object);
        return object;
    }

    private List<TcxAttachment> attach(BpfObject object) throws Exception {
        int index = web.node().link(web.hostInterface()).index();
        return NetworkNamespace.call(
                Path.of("/run/netns", web.node().netns()),
                () -> List.of(
                        TcxAttachment.attach(object.program("foreign"), index, TcDirection.INGRESS),
                        TcxAttachment.attach(object.program("foreign"), index, TcDirection.EGRESS)));
    }

    /// As tools attach that know no tcx.
    private void filter(BpfObject object) throws IOException {
        Path pin = Path.of(web.node().bpffs() + "-foreign");
        object.program("foreign").pin(pin);
        String device = web.hostInterface();
        run("tc", "qdisc", "add", "dev", device, "clsact");
        for (String direction : List.of("ingress", "egress")) {
            run(
                    "tc",
                    "filter",
                    "add",
                    "dev",
                    device,
                    direction,
                    "prio",
                    "1",
                    "bpf",
                    "da",
                    "object-pinned",
                    pin.toString());
        }
        Files.delete(pin);
    }

    private void run(String... command) {
        String _ = web.node().exec(command).orThrow();
    }
}
