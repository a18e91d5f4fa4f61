// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A cluster of nodes and pods in network namespaces on this machine. Needs root, iproute2, nsenter (util-linux),
/// python3, a cgroup2 and a bpf mount.
///
/// ```java
/// try (Lab lab = Lab.builder()
///         .node("n1", PodAttachment.ROUTED, "client", "web1")
///         .node("n2", PodAttachment.BRIDGED, "web2")
///         .create()) {
///     lab.pod("web2").sockets().serve(8080);
///     Outcome outcome = lab.pod("client").sockets().tcp(lab.pod("web2").ip(IPV4), 8080);
/// }
/// ```
///
/// Everything that a lab makes has a name that begins with `culvert-lab-<process id>-`. It is removed by [#close()], at
/// the latest when the JVM shuts down; what a killed JVM left is removed when the next lab is created.
public final class Lab implements AutoCloseable {

    private static final Set<Lab> OPEN = ConcurrentHashMap.newKeySet();
    private static volatile boolean shuttingDown;

    private final LabName name = LabName.next();
    private final NamespaceWiring wiring;
    private final Path cgroup;
    private final Path bpffs;
    private final Map<String, LabNode> nodes = new LinkedHashMap<>();
    private final List<LabProcess> processes = new CopyOnWriteArrayList<>();
    private final AtomicInteger logs = new AtomicInteger();
    private final LabHost outside;
    private int clients;
    private volatile boolean closing;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Lab::closeAll, "remove labs"));
    }

    private Lab(NamespaceWiring wiring) {
        this.wiring = wiring;
        this.cgroup = MountPoints.cgroup2().resolve(name.toString());
        this.bpffs = MountPoints.bpffs().resolve(name.toString());
        this.outside = new LabHost(this, "outside", name + "-outside", foreignCgroup());
    }

    public static LabBuilder builder() {
        return new LabBuilder();
    }

    static Lab create(List<LabBuilder.NodeSpec> specs, NamespaceWiring wiring) {
        LabRemains.removeOfDeadProcesses();
        Lab lab = new Lab(wiring);
        OPEN.add(lab);
        try {
            lab.build(specs);
            return lab;
        } catch (IOException e) {
            lab.close();
            throw new UncheckedIOException("create lab", e);
        } catch (RuntimeException e) {
            lab.close();
            throw e;
        }
    }

    private synchronized void build(List<LabBuilder.NodeSpec> specs) throws IOException {
        requireOpen();
        Files.createDirectories(bpffs);
        Cgroups.create(foreignCgroup());
        SocketActor.unpack(socketsProgram());
        Script script = new Script();
        String wire = outside.netns();
        wiring.namespace(script, wire);
        wiring.underlay(script, wire);
        for (LabBuilder.NodeSpec spec : specs) {
            addNode(script, spec);
        }
        for (LabNode from : nodes.values()) {
            nodes.values().stream()
                    .filter(to -> to != from)
                    .forEach(to -> wiring.route(script, from.netns(), to.index()));
        }
        script.run();
    }

    private void addNode(Script script, LabBuilder.NodeSpec spec) throws IOException {
        int index = nodes.size() + 1;
        String netns = name + "-" + spec.name();
        LabNode node = new LabNode(this, spec.name(), netns, cgroup.resolve(spec.name()), index, spec.attachment());
        if (nodes.putIfAbsent(spec.name(), node) != null) {
            throw new IllegalArgumentException("two nodes are named " + spec.name());
        }
        Cgroups.create(node.cgroup());
        Files.createDirectories(node.runDir());
        Files.createDirectories(node.manifests());
        wiring.namespace(script, netns);
        wiring.node(script, outside.netns(), netns, index);
        if (spec.attachment() == PodAttachment.BRIDGED) {
            wiring.bridge(script, netns, index);
        }
        spec.pods().forEach(pod -> node.addPod(script, pod));
    }

    public List<LabNode> nodes() {
        return List.copyOf(nodes.values());
    }

    public LabNode node(String nodeName) {
        LabNode node = nodes.get(nodeName);
        if (node == null) {
            throw new IllegalArgumentException("no node " + nodeName + " among " + nodes.keySet());
        }
        return node;
    }

    /// All pods of all nodes.
    public List<LabPod> pods() {
        return nodes.values().stream().flatMap(node -> node.pods().stream()).toList();
    }

    public LabPod pod(String podName) {
        return pods().stream()
                .filter(pod -> pod.name().equals(podName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no pod " + podName + " among " + pods()));
    }

    /// A machine on the underlay that is no node: the nodes' default gateway, which knows no pod and no Service.
    public LabHost outside() {
        return outside;
    }

    /// Adds a machine beyond [#outside()], which routes between it and the nodes: a client from the Internet.
    public LabClient addClient(String clientName) {
        return add(script -> {
            LabClient client = new LabClient(this, clientName, name + "-" + clientName, ++clients);
            wiring.namespace(script, client.netns());
            wiring.client(script, outside.netns(), client.netns(), clients);
            return client;
        });
    }

    /// Has the outside send packets for these addresses to a node, as for a load balancer's.
    public void routeTo(LabNode node, IpAddress... addresses) {
        Script script = new Script();
        for (IpAddress address : addresses) {
            IpFamily family = address.family();
            script.ip(outside.netns(), "route replace " + address + "/" + family.bits() + " via " + node.ip(family));
        }
        script.run();
    }

    public Set<IpFamily> families() {
        return wiring.families();
    }

    /// Writes the same manifest for every node; see [LabNode#writeManifest].
    public void writeManifest(String fileName, String yaml) {
        nodes.values().forEach(node -> node.writeManifest(fileName, yaml));
    }

    public void deleteManifest(String fileName) {
        nodes.values().forEach(node -> node.deleteManifest(fileName));
    }

    /// What is still there of this lab, as paths; empty after [#close()].
    public List<Path> remains() {
        return LabRemains.of(name);
    }

    /// The ends of the logs of all processes, of every open lab.
    public static String openLogs() {
        return OPEN.stream()
                .flatMap(lab -> lab.processes.stream())
                .map(LabProcess::tail)
                .collect(Collectors.joining("\n"));
    }

    /// Ends all processes and removes everything that the lab made. Waits for a lab that is still being made: the JVM
    /// may be told to end at any moment. Nothing can be added to the lab from then on.
    @Override
    public void close() {
        closing = true;
        synchronized (this) {
            if (OPEN.remove(this)) {
                LabRemains.remove(name);
            }
        }
    }

    /// Whether this JVM was told to end, as by Ctrl-C, and removes its labs. What fails in a lab from then on fails
    /// because of that.
    public static boolean shuttingDown() {
        return shuttingDown;
    }

    private static void closeAll() {
        shuttingDown = true;
        for (Lab lab : List.copyOf(OPEN)) {
            try {
                lab.close();
            } catch (RuntimeException e) {
                System.err.println("remove " + lab + ": " + e.getMessage()
                        + "; what is left is removed when the next lab is created");
            }
        }
    }

    /// Starts a process of this lab. Not while the lab is removed: it would hold what is to go.
    synchronized Process launch(ProcessBuilder builder) throws IOException {
        requireOpen();
        return builder.start();
    }

    /// Adds something under the same condition.
    ///
    /// @param making writes the commands that make it
    synchronized <T> T add(Function<Script, T> making) {
        requireOpen();
        Script script = new Script();
        T added = making.apply(script);
        script.run();
        return added;
    }

    private void requireOpen() {
        if (closing || shuttingDown) {
            throw new LabException(name + " is being removed");
        }
    }

    Path directory() {
        return LabRemains.directory(name);
    }

    Path socketsProgram() {
        return directory().resolve("sockets");
    }

    Path bpffs() {
        return bpffs;
    }

    Path foreignCgroup() {
        return cgroup.resolve("elsewhere");
    }

    NamespaceWiring wiring() {
        return wiring;
    }

    Path newLog(String what) {
        return directory().resolve(logs.incrementAndGet() + "-" + what + ".log");
    }

    LabProcess keep(LabProcess process) {
        processes.add(process);
        return process;
    }

    @Override
    public String toString() {
        return Stream.concat(Stream.of(name.toString()), nodes.keySet().stream())
                .collect(Collectors.joining(" "));
    }
}
