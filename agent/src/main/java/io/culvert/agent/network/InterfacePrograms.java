// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.loader.BpfException;
import io.culvert.loader.Errno;
import io.culvert.loader.SystemCallException;
import io.culvert.maps.datapath.Datapath;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the packet programs on the interfaces of pods and on the devices of the node.
final class InterfacePrograms {

    private static final Logger LOG = LoggerFactory.getLogger(InterfacePrograms.class);

    private final Datapath datapath;
    private volatile Map<Integer, String> pods = Map.of();
    private volatile Map<Integer, String> devices = Map.of();

    InterfacePrograms(Datapath datapath) {
        this.datapath = datapath;
    }

    /// Names of the pod interfaces with programs, by index.
    Map<Integer, String> pods() {
        return pods;
    }

    /// Names of the node's devices with programs, by index.
    Map<Integer, String> devices() {
        return devices;
    }

    /// Attaches where programs are missing, and detaches everywhere else.
    ///
    /// @throws BpfException after everything else was done, if an interface refused
    void attach(Map<Integer, String> wantedPods, Map<Integer, String> wantedDevices) {
        Refusals refusals = new Refusals();
        pods = attach("pod interface", wantedPods, datapath.pods(), datapath::attachPod, refusals);
        devices = attach("device", wantedDevices, datapath.nodes(), datapath::attachNode, refusals);
        datapath.retainPods(pods.keySet());
        datapath.retainNodes(devices.keySet());
        refusals.throwFirst();
    }

    private static Map<Integer, String> attach(
            String what,
            Map<Integer, String> wanted,
            Set<Integer> present,
            Consumer<Integer> attach,
            Refusals refusals) {
        Map<Integer, String> attached = new TreeMap<>();
        for (Map.Entry<Integer, String> entry : wanted.entrySet()) {
            try {
                attach.accept(entry.getKey());
                attached.put(entry.getKey(), entry.getValue());
                if (!present.contains(entry.getKey())) {
                    LOG.info("attached to {} {}", what, entry.getValue());
                }
            } catch (BpfException e) {
                if (isGone(e)) {
                    LOG.debug("{} {} went away: {}", what, entry.getValue(), e.getMessage());
                } else {
                    refusals.add(e);
                }
            }
        }
        for (int index : present) {
            if (!wanted.containsKey(index)) {
                LOG.info("detach from {} {}", what, index);
            }
        }
        return Map.copyOf(attached);
    }

    /// An interface may go away between the list and the attachment; the next list does without it.
    private static boolean isGone(BpfException e) {
        return e instanceof SystemCallException call && (call.is(Errno.ENODEV) || call.is(Errno.ENOLINK));
    }

    /// What was refused though it is there; it comes again.
    private static final class Refusals {

        private Optional<BpfException> first = Optional.empty();

        void add(BpfException refusal) {
            first.ifPresentOrElse(present -> present.addSuppressed(refusal), () -> first = Optional.of(refusal));
        }

        void throwFirst() {
            first.ifPresent(refusal -> {
                throw refusal;
            });
        }
    }
}
