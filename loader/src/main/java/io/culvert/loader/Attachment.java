// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.nio.file.Path;
import java.util.Optional;

/// A program on a hook of the kernel. Until it is pinned it ends with [#close()], at the latest with the
/// process; once pinned it stays until [#detach()], and a later process takes it over with [#adopt(Path)].
public sealed interface Attachment extends AutoCloseable permits LinkAttachment, ClsactAttachment {

    /// Exchanges the program. No packet and no system call sees the hook without one.
    ///
    /// @throws SystemCallException with ENOLINK if the interface or cgroup is gone
    void replace(BpfProgram program);

    /// Keeps the attachment under a path of a BPF file system.
    void pin(Path path);

    /// Where it is pinned.
    Optional<Path> pinnedAt();

    /// The program on the hook now.
    ///
    /// @return an id for [ProgramInfo#byId(int)]; empty if the interface or cgroup is gone
    Optional<Integer> programId();

    /// One line for people: `tcx ingress of eth0`.
    String describe();

    /// Takes the program off the hook and removes the pin. It is no error if the interface or cgroup is gone.
    void detach();

    /// Forgets the attachment: a pinned one stays on its hook, another is detached.
    @Override
    void close();

    /// Takes over what an earlier process pinned; empty if nothing is pinned there.
    ///
    /// @throws InvalidObjectException if it is no attachment that Culvert makes
    static Optional<Attachment> adopt(Path path) {
        return Adoption.adopt(path);
    }

    /// Attaches a tc program as a tcx link where the kernel has them (6.6), else as a clsact filter, which a
    /// log line says.
    ///
    /// @param ifindex index of an interface in this network namespace
    /// @param order among tcx links; a filter has a priority of its own
    static Attachment attachTc(BpfProgram program, int ifindex, TcDirection direction, TcOrder order) {
        return TcChoice.attach(program, ifindex, direction, order, KernelFeature.TCX_LINK.probe());
    }
}
