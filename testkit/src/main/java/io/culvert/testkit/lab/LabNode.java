// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/// A node: a namespace on the underlay with routes to the pods of the other nodes. Its processes run in the cgroup
/// `system` below [#cgroupRoot()], its pods' in `kubepods/besteffort/pod<uid>`.
public final class LabNode extends LabHost {

    private final int index;
    private final PodAttachment attachment;
    private final Path cgroupRoot;
    private final List<LabPod> pods = new CopyOnWriteArrayList<>();
    private int lastPod;

    LabNode(Lab lab, String name, String netns, Path cgroupRoot, int index, PodAttachment attachment) {
        super(lab, name, netns, cgroupRoot.resolve("system"));
        this.index = index;
        this.attachment = attachment;
        this.cgroupRoot = cgroupRoot;
    }

    int index() {
        return index;
    }

    public PodAttachment attachment() {
        return attachment;
    }

    /// The other end of its `eth0`: a port of the wire, in the namespace of [Lab#outside()].
    public String wirePort() {
        return "n" + index;
    }

    public IpAddress ip(IpFamily family) {
        return AddressPlan.node(family, index);
    }

    /// The pods' addresses in CIDR notation.
    public String podRange(IpFamily family) {
        return AddressPlan.podRange(family, index);
    }

    /// `--cgroup-root` of an agent on this node: the cgroup that has all processes of the node and of its pods.
    public Path cgroupRoot() {
        return cgroupRoot;
    }

    /// `--bpffs` of an agent on this node; the directory is not there before the agent makes it.
    public Path bpffs() {
        return lab().bpffs().resolve(name());
    }

    /// `--run-dir` of an agent on this node.
    public Path runDir() {
        return lab().directory().resolve(name()).resolve("run");
    }

    /// `--manifests` of an agent on this node.
    public Path manifests() {
        return lab().directory().resolve(name()).resolve("manifests");
    }

    /// Options by which a verb of the command line finds the agent of this node.
    public List<String> agentPlace() {
        return List.of("--run-dir", runDir().toString(), "--bpffs", bpffs().toString());
    }

    /// Words after the name of the program that start an agent on this node, with the manifests as its source.
    public List<String> agentWords() {
        return agentWords(List.of("--manifests", manifests().toString()));
    }

    /// The same with another source.
    ///
    /// @param source options that name it
    public List<String> agentWords(List<String> source) {
        List<String> words = new ArrayList<>(List.of("agent", "--node-name", name()));
        words.addAll(source);
        words.addAll(List.of("--cgroup-root", cgroupRoot().toString()));
        words.addAll(agentPlace());
        return words;
    }

    /// Puts a file into [#manifests()] in one step, so that a watcher never sees half of it.
    public void writeManifest(String fileName, String yaml) {
        try {
            Path partial = lab().directory().resolve(name()).resolve(fileName + ".partial");
            Files.writeString(partial, yaml);
            Files.move(partial, manifests().resolve(fileName), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("write manifest " + fileName + " of " + name(), e);
        }
    }

    public void deleteManifest(String fileName) {
        try {
            Files.delete(manifests().resolve(fileName));
        } catch (IOException e) {
            throw new UncheckedIOException("delete manifest " + fileName + " of " + name(), e);
        }
    }

    /// The pods that are there now.
    public List<LabPod> pods() {
        return List.copyOf(pods);
    }

    /// Adds a pod while the lab runs.
    public LabPod addPod(String podName) {
        return lab().add(script -> addPod(script, podName));
    }

    /// Removes a pod while the lab runs, with its processes and its interface.
    public void removePod(LabPod pod) {
        if (!pods.remove(pod)) {
            throw new IllegalArgumentException(pod + " is not a pod of " + this);
        }
        Cgroups.killAndRemove(podCgroup(pod.uid()));
        new Script().deleteNamespaces(List.of(pod.netns())).run();
    }

    synchronized LabPod addPod(Script script, String podName) {
        int podIndex = ++lastPod;
        String netns = netns() + "-" + podName;
        String uid = UUID.randomUUID().toString();
        // A container of the pod has a cgroup of its own below the pod's.
        Path cgroup = Cgroups.create(podCgroup(uid).resolve("main"));
        NamespaceWiring wiring = lab().wiring();
        wiring.namespace(script, netns);
        String hostEnd = (attachment == PodAttachment.ROUTED ? "cali" : "veth") + podIndex;
        switch (attachment) {
            case ROUTED -> wiring.routedPod(script, netns(), netns, hostEnd, index, podIndex);
            case BRIDGED -> wiring.bridgedPod(script, netns(), netns, hostEnd, index, podIndex);
        }
        LabPod pod = new LabPod(this, podName, netns, cgroup, podIndex, uid, hostEnd);
        pods.add(pod);
        return pod;
    }

    private Path podCgroup(String uid) {
        return cgroupRoot.resolve("kubepods/besteffort/pod" + uid);
    }
}
