// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.nio.file.Path;
import java.util.Optional;

/// An attachment that is a BPF link: what tcx, XDP and cgroup attachments have in common.
abstract sealed class LinkAttachment implements Attachment permits TcxAttachment, XdpAttachment, CgroupAttachment {

    private final BpfLink link;

    LinkAttachment(BpfLink link) {
        this.link = link;
    }

    /// Whether the interface or cgroup is still there.
    abstract boolean hasTarget(BpfLink.Info info);

    @Override
    public final void replace(BpfProgram program) {
        link.replace(program, describe());
    }

    @Override
    public final void pin(Path path) {
        link.pin(path, describe());
    }

    @Override
    public final Optional<Path> pinnedAt() {
        return link.pinnedAt();
    }

    @Override
    public final Optional<Integer> programId() {
        BpfLink.Info info = link.info();
        return hasTarget(info) ? Optional.of(info.programId()) : Optional.empty();
    }

    @Override
    public final void detach() {
        link.detach(describe());
    }

    @Override
    public final void close() {
        link.close();
    }

    @Override
    public final String toString() {
        return describe();
    }
}
