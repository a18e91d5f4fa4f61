// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.Attachment;
import io.culvert.loader.BpfProgram;
import io.culvert.loader.CgroupAttachment;
import io.culvert.loader.CgroupHook;
import io.culvert.loader.Errno;
import io.culvert.loader.InterfaceNames;
import io.culvert.loader.InvalidObjectException;
import io.culvert.loader.PinDirectory;
import io.culvert.loader.SystemCallException;
import io.culvert.loader.TcDirection;
import io.culvert.loader.TcOrder;
import io.culvert.loader.XdpAttachment;
import io.culvert.loader.XdpMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is attached, each pinned under its [LinkName].
final class Links implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Links.class);

    /// Replies are recognised before requests are translated.
    private static final List<TcDirection> PACKET_HOOKS = List.of(TcDirection.EGRESS, TcDirection.INGRESS);

    private static final Set<Errno> TARGET_GONE = Set.of(Errno.ENOLINK, Errno.ENODEV);

    private final PinDirectory pins;
    private final Map<LinkName, Attachment> attached = new TreeMap<>();
    /// Taken off by another program, and not attached again yet.
    private final Set<LinkName> lost = new TreeSet<>();
    /// Whose sockets are translated.
    private @Nullable Path cgroup;

    Links(PinDirectory pins) {
        this.pins = pins;
    }

    /// Takes over what an earlier process attached, with these programs. Attachments whose target is gone are
    /// removed.
    void adopt(ProgramSet programs) {
        for (Path pin : pins.pinnedLinks()) {
            Optional<LinkName> name = LinkName.parse(String.valueOf(pin.getFileName()));
            if (name.isEmpty()) {
                LOG.warn("leave {} alone: no attachment of this agent", pin);
                continue;
            }
            try {
                Attachment.adopt(pin).ifPresent(found -> attached.put(name.get(), found));
            } catch (InvalidObjectException e) {
                LOG.warn("leave {} alone: {}", pin, e.getMessage());
            }
        }
        List.copyOf(attached.keySet()).forEach(name -> replace(name, programs));
    }

    /// @return false if the target is gone, and with it the attachment
    private boolean replace(LinkName name, ProgramSet programs) {
        Attachment attachment = attached.get(name);
        if (attachment == null) {
            return false;
        }
        try {
            if (attachment.programId().isPresent()) {
                attachment.replace(programs.program(name.program()));
                return true;
            }
        } catch (SystemCallException e) {
            if (!TARGET_GONE.contains(e.errno())) {
                throw e;
            }
        }
        LOG.info("remove {}: its target is gone", name);
        detach(name);
        return false;
    }

    /// Puts other programs in place of those that run, each atomically. If one fails, the previous ones come back.
    void replaceAll(ProgramSet next, ProgramSet previous) {
        List<LinkName> done = new ArrayList<>();
        try {
            for (LinkName name : List.copyOf(attached.keySet())) {
                if (replace(name, next)) {
                    done.add(name);
                }
            }
        } catch (RuntimeException e) {
            for (LinkName name : done) {
                try {
                    replace(name, previous);
                } catch (RuntimeException again) {
                    e.addSuppressed(again);
                }
            }
            throw e;
        }
    }

    /// Attaches the socket programs to a cgroup, then takes all others off it and off any other one.
    ///
    /// @param more which of those that not every node has
    void attachSockets(Path cgroup, Set<SocketPrograms> more, ProgramSet programs) {
        this.cgroup = cgroup;
        Set<LinkName> wanted = attachSockets(cgroup, SocketPrograms.hooks(more), programs);
        detach(name -> name.isSocket() && !wanted.contains(name));
    }

    private Set<LinkName> attachSockets(Path cgroup, List<CgroupHook> hooks, ProgramSet programs) {
        long inode = inode(cgroup);
        Set<LinkName> names = new HashSet<>();
        for (CgroupHook hook : hooks) {
            LinkName name = LinkName.socket(inode, hook);
            names.add(name);
            attach(name, () -> CgroupAttachment.attach(programs.program(name.program()), cgroup, hook));
        }
        return names;
    }

    /// Attaches more programs to the cgroup that has the others, if there is one.
    void addSockets(SocketPrograms more, ProgramSet programs) {
        if (cgroup != null) {
            attachSockets(cgroup, more.hooks(), programs);
        }
    }

    boolean hasSockets(SocketPrograms some) {
        return attached.keySet().stream().anyMatch(some::has);
    }

    void removeSockets(SocketPrograms some) {
        detach(some::has);
    }

    void detachSockets() {
        cgroup = null;
        detach(LinkName::isSocket);
    }

    /// Attaches the pair of programs for pods to an interface.
    void attachPod(int ifindex, ProgramSet programs) {
        attachPackets(direction -> LinkName.pod(ifindex, direction), programs);
    }

    /// Attaches the pair of programs for north-south traffic to a device.
    void attachNode(int ifindex, ProgramSet programs) {
        attachPackets(direction -> LinkName.node(ifindex, direction), programs);
    }

    /// Puts the program before the stack on a device, which has room for one: what is there in another mode goes first.
    void attachXdp(int ifindex, XdpMode mode, ProgramSet programs) {
        LinkName name = LinkName.xdp(ifindex, mode);
        detach(other -> other.isXdp() && other.target() == ifindex && !other.equals(name));
        if (xdpModes().get(ifindex) != mode) {
            detach(name);
        }
        attach(name, () -> XdpAttachment.attach(programs.program(name.program()), ifindex, mode));
    }

    /// Where programs before the stack run, by index of the device.
    Map<Integer, XdpMode> xdpModes() {
        Map<Integer, XdpMode> modes = new TreeMap<>();
        attached.forEach((name, attachment) -> {
            if (attachment instanceof XdpAttachment xdp && xdp.programId().isPresent()) {
                modes.put((int) name.target(), xdp.mode());
            }
        });
        return modes;
    }

    private void attachPackets(Function<TcDirection, LinkName> named, ProgramSet programs) {
        for (TcDirection direction : PACKET_HOOKS) {
            LinkName name = named.apply(direction);
            attach(name, () -> attachTc(name, programs.program(name.program()), direction));
        }
    }

    /// Those of pods come first: policies hold whatever programs of others decide.
    private static Attachment attachTc(LinkName name, BpfProgram program, TcDirection direction) {
        TcOrder order = name.isPod() ? TcOrder.BEFORE_OTHERS : TcOrder.AFTER_OTHERS;
        return Attachment.attachTc(program, (int) name.target(), direction, order);
    }

    private void attach(LinkName name, Supplier<Attachment> attach) {
        Attachment present = attached.get(name);
        if (present != null && present.programId().isPresent()) {
            return;
        }
        if (present != null) {
            detach(name);
        }
        Attachment attachment = attach.get();
        try {
            attachment.pin(pins.link(name.toString()));
        } catch (RuntimeException e) {
            attachment.detach();
            throw e;
        }
        attached.put(name, attachment);
        lost.remove(name);
    }

    /// Takes programs off their targets.
    void detach(Predicate<LinkName> which) {
        List.copyOf(attached.keySet()).stream().filter(which).forEach(this::detach);
        lost.removeIf(which);
    }

    private void detach(LinkName name) {
        Attachment attachment = attached.remove(name);
        if (attachment != null) {
            attachment.detach();
        }
    }

    /// What is attached, for people, by name of its pin.
    Map<String, String> described() {
        Map<String, String> all = new TreeMap<>();
        attached.forEach((name, attachment) -> all.put(
                name.toString(), attachment.describe() + (attachment.programId().isEmpty() ? " (gone)" : "")));
        return all;
    }

    /// Compares what is on the hooks with what was attached, and attaches again what another program took off. What
    /// went with its interface is no fault.
    LinkReport audit(boolean repair, ProgramSet programs) {
        Map<LinkName, LinkFault> faults = faults(programs);
        List<String> failures = new ArrayList<>();
        if (repair) {
            for (LinkName name : faults.keySet()) {
                try {
                    mend(name, programs);
                } catch (RuntimeException e) {
                    LOG.debug("attach {} again", name, e);
                    failures.add("attach " + name + " again: " + e.getMessage());
                }
            }
        }
        int remaining = repair && !faults.isEmpty() ? faults(programs).size() : faults.size();
        return new LinkReport(List.copyOf(faults.values()), remaining, failures);
    }

    private Map<LinkName, LinkFault> faults(ProgramSet programs) {
        Map<LinkName, LinkFault> faults = new TreeMap<>();
        attached.forEach((name, attachment) -> {
            int wanted = programs.program(name.program()).info().id();
            Optional<Integer> found = attachment.programId();
            if (found.isEmpty() && hasTarget(name)) {
                faults.put(name, new LinkFault(name.toString(), "program id " + wanted, "no program"));
            } else if (found.isPresent() && found.get() != wanted) {
                faults.put(name, new LinkFault(name.toString(), "program id " + wanted, "program id " + found.get()));
            } else if (found.isPresent() && !isPinned(attachment)) {
                faults.put(name, new LinkFault(name.toString(), "pinned", "no pin"));
            }
        });
        lost.stream()
                .filter(Links::hasTarget)
                .forEach(name -> faults.put(name, new LinkFault(name.toString(), "attached", "no program")));
        return faults;
    }

    private static boolean hasTarget(LinkName name) {
        return name.isSocket() || InterfaceNames.exists((int) name.target());
    }

    private static boolean isPinned(Attachment attachment) {
        return attachment.pinnedAt().filter(Files::exists).isPresent();
    }

    private void mend(LinkName name, ProgramSet programs) {
        Attachment present = attached.get(name);
        if (present != null && present.programId().isPresent()) {
            if (replace(name, programs) && !isPinned(present)) {
                present.pin(pins.link(name.toString()));
            }
            return;
        }
        // Until it is back it must not be forgotten.
        lost.add(name);
        attach(name, () -> again(name, programs.program(name.program())));
        LOG.warn("attached {} again, which another program had taken off", name);
    }

    private Attachment again(LinkName name, BpfProgram program) {
        if (name.isXdp()) {
            return XdpAttachment.attach(program, (int) name.target(), name.xdpMode());
        }
        if (!name.isSocket()) {
            TcDirection direction =
                    name.hook().equals(TcDirection.INGRESS.toString()) ? TcDirection.INGRESS : TcDirection.EGRESS;
            return attachTc(name, program, direction);
        }
        CgroupHook hook = Arrays.stream(CgroupHook.values())
                .filter(one -> one.toString().equals(name.hook()))
                .findFirst()
                .orElseThrow();
        if (cgroup == null) {
            throw new IllegalStateException("the path of its cgroup is not known; restart the agent");
        }
        return CgroupAttachment.attach(program, cgroup, hook);
    }

    /// The interfaces of some of them.
    Set<Integer> targets(Predicate<LinkName> which) {
        return attached.keySet().stream()
                .filter(which)
                .map(name -> (int) name.target())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static long inode(Path cgroup) {
        try {
            return (long) Files.getAttribute(cgroup, "unix:ino");
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "attach sockets to cgroup " + cgroup
                            + ": no such cgroup; name a directory of a cgroup2 file system",
                    e);
        }
    }

    /// Forgets the attachments; the pins keep them.
    @Override
    public void close() {
        attached.values().forEach(Attachment::close);
        attached.clear();
    }
}
