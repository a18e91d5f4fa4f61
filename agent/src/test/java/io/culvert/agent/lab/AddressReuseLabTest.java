// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.PodAttachment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Addresses that go from pod to pod, with the same ports, so that each pod meets the connections of the one before. A
/// pod of namespace `trusted` may do what one of `other` may not, in each of three ways: by what is
/// allowed to others (`guarded` lets trusted clients in), by what it may send (to `open`), and by what it may receive
/// (from `open`).
@LabTest
@SuppressWarnings("NullAway.Init") // set by the test
class AddressReuseLabTest {

    /// 1,000 pods take over an address, as many at a time as there are addresses.
    private static final int ROUNDS = 100;

    private static final String POLICIES = """
            apiVersion: v1
            kind: Namespace
            metadata: {name: trusted, labels: {tenant: trusted}}
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: other, labels: {tenant: other}}
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: guarded, namespace: default}
            spec:
              podSelector: {matchLabels: {app: guarded}}
              policyTypes: [Ingress]
              ingress:
              - from: [{namespaceSelector: {matchLabels: {tenant: trusted}}, podSelector: {matchLabels: {role: client}}}]
              - ports: [{protocol: UDP, port: 9}]
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: held, namespace: other}
            spec:
              podSelector: {}
              policyTypes: [Ingress, Egress]
              ingress: [{ports: [{protocol: UDP, port: 9}]}]
              egress:
              - to: [{namespaceSelector: {}, podSelector: {matchLabels: {app: guarded}}}]
              - ports: [{protocol: UDP, port: 9}]
            """;

    @TempDir
    private Path directory;

    private Lab lab;
    private LabNode node;
    private PodRuntime runtime;
    private final Map<String, HeardPackets> heard = new TreeMap<>();

    @AfterEach
    void remove() {
        lab.close();
    }

    /// From the moment when the agent has answered the runtime's `ADD`, before which no container of the pod
    /// runs, all that the new pod sends and receives is judged as the new pod's. At that moment the cluster says
    /// of half of the pods before, at random, that they are gone, and of the others that they run.
    @Test
    void C8_03_C5_06_C5_09_anAddressThatIsUsedAgainAllowsNothingOfThePodBefore() throws Exception {
        long seed = Long.getLong("reuse.seed", System.nanoTime());
        System.out.println("-Dreuse.seed=" + seed);
        Random random = new Random(seed);
        List<String> places = IntStream.range(0, AddressHolder.ADDRESSES)
                .boxed()
                .flatMap(i -> Stream.of("first" + i, "second" + i))
                .toList();
        lab = Lab.builder()
                .node(
                        "n1",
                        PodAttachment.ROUTED,
                        Stream.concat(Stream.of("guarded", "open"), places.stream())
                                .toArray(String[]::new))
                .create();
        node = lab.node("n1");
        runtime = new PodRuntime(node);
        for (String name : List.of("guarded", "open")) {
            lab.writeManifest(name + ".yaml", LabObjects.pod(lab.pod(name), Map.of()));
            heard.put(name, new HeardPackets(lab.pod(name)));
        }
        lab.writeManifest("node.yaml", LabObjects.node(node));
        lab.writeManifest("policies.yaml", POLICIES);
        for (String place : places) {
            // Its own address, which no Pod object has, keeps it a pod to the agent.
            AddressHolder any = new AddressHolder(place.charAt(place.length() - 1) - '0', true, lab.pod(place));
            any.place()
                    .script(
                            "ip addr add " + any.address(IpFamily.IPV4) + "/32 dev eth0",
                            "ip addr add " + any.address(IpFamily.IPV6) + "/128 dev eth0 nodad");
            heard.put(place, new HeardPackets(any.place()));
        }
        new LabAgent(node)
                .launch("--pod-start", "strict-cni", "--cni-bin-dir", directory.toString())
                .awaitReady();

        long began = System.nanoTime();
        List<AddressHolder> before = List.of();
        for (int round = 0; round < ROUNDS; round++) {
            List<AddressHolder> now = holders(round);
            List<Boolean> told = now.stream().map(_ -> random.nextBoolean()).toList();
            replace(before, now, told, random.nextBoolean());

            now.forEach(this::send);
            now.forEach(this::awaitHeard);
            assertThat(heard.values().stream().flatMap(one -> one.texts().stream()))
                    .as("-Dreuse.seed=%d, round %d, told of the end of those before: %s", seed, round, told)
                    .noneMatch(text -> text.contains("forbidden"));
            heard.values().forEach(HeardPackets::forget);

            for (int i = 0; i < before.size(); i++) {
                if (!told.get(i)) {
                    lab.deleteManifest(before.get(i).file());
                }
            }
            now.forEach(holder -> lab.writeManifest(holder.file(), holder.running()));
            before = now;
        }
        System.out.printf(
                "%d pods in the place of others with the same addresses in %d ms%n",
                ROUNDS * AddressHolder.ADDRESSES, (System.nanoTime() - began) / 1_000_000);
    }

    private List<AddressHolder> holders(int round) {
        return IntStream.range(0, AddressHolder.ADDRESSES)
                .mapToObj(i -> new AddressHolder(
                        round * AddressHolder.ADDRESSES + i,
                        (round + i) % 2 == 0,
                        lab.pod((round % 2 == 0 ? "first" : "second") + i)))
                .toList();
    }

    /// @param told whether the cluster's state says that the pod before is gone when the new one starts
    /// @param first whether the new objects are written before the runtime asks, or after
    private void replace(List<AddressHolder> before, List<AddressHolder> now, List<Boolean> told, boolean first) {
        inParallel(before.stream()
                .map(holder -> (Runnable) () -> runtime.delete(holder.sandbox()))
                .toList());
        for (int i = 0; i < before.size(); i++) {
            if (told.get(i)) {
                lab.deleteManifest(before.get(i).file());
            }
        }
        String routes = now.stream()
                .flatMap(holder -> Stream.of(IpFamily.values())
                        .map(family -> "route replace " + holder.address(family) + " dev "
                                + holder.place().hostInterface()))
                .collect(Collectors.joining("\n"));
        node.script("ip -batch - <<EOF", routes, "EOF");
        List<Runnable> steps = new ArrayList<>();
        now.forEach(holder -> steps.add(() -> runtime.add(holder.sandbox())));
        steps.add(
                first ? 0 : steps.size(),
                () -> now.forEach(holder -> lab.writeManifest(holder.file(), holder.starting())));
        inParallel(steps);
    }

    private static void inParallel(List<Runnable> steps) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            steps.stream()
                    .map(step -> CompletableFuture.runAsync(step, threads))
                    .toList()
                    .forEach(CompletableFuture::join);
        }
    }

    private void send(AddressHolder holder) {
        List<byte[]> sent = new ArrayList<>();
        List<byte[]> received = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            for (String name : List.of("guarded", "open")) {
                sent.addAll(holder.packets(
                        name, holder.address(family), lab.pod(name).ip(family)));
            }
            received.addAll(
                    holder.packets(holder.place().name(), lab.pod("open").ip(family), holder.address(family)));
        }
        holder.place().sockets().send(sent.toArray(byte[][]::new));
        lab.pod("open").sockets().send(received.toArray(byte[][]::new));
    }

    /// Waits for what must arrive: the markers, and everything else of a pod that is trusted.
    private void awaitHeard(AddressHolder holder) {
        for (String name : List.of("guarded", "open", holder.place().name())) {
            heard(name).awaitAll(holder.expected(name));
        }
    }

    private HeardPackets heard(String name) {
        return Objects.requireNonNull(heard.get(name));
    }
}
