// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import io.culvert.loader.internal.SystemCalls;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/// Makes an [Attachment] of what an earlier process pinned.
final class Adoption {

    private Adoption() {}

    static Optional<Attachment> adopt(Path path) {
        OptionalInt fd = Pins.open(path);
        if (fd.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                switch (KernelInfo.kind(fd.getAsInt())) {
                    case LINK -> ofLink(new BpfLink(fd.getAsInt(), path), path);
                    case MAP -> ofRecord(BpfMap.owning(fd.getAsInt()), path);
                    case PROGRAM, OTHER -> {
                        SystemCalls.close(fd.getAsInt());
                        throw notOurs(path, "it is neither a link nor the record of a filter");
                    }
                });
    }

    private static Attachment ofLink(BpfLink link, Path path) {
        try {
            return wrap(link, path);
        } catch (RuntimeException e) {
            link.close();
            throw e;
        }
    }

    private static Attachment ofRecord(BpfMap map, Path path) {
        try (map) {
            return ClsactRecord.read(map)
                    .map(record -> ClsactAttachment.adopt(record, path))
                    .orElseThrow(() -> notOurs(path, "it is the map " + map));
        }
    }

    private static Attachment wrap(BpfLink link, Path path) {
        BpfLink.Info info = link.info();
        return switch (info.type()) {
            case BpfLink.TYPE_TCX -> new TcxAttachment(link, info.ifindex(), tcDirection(info.attachType()));
            case BpfLink.TYPE_XDP -> new XdpAttachment(link, info.ifindex());
            case BpfLink.TYPE_CGROUP ->
                new CgroupAttachment(
                        link,
                        "with id " + info.cgroup(),
                        CgroupHook.ofAttachType(info.attachType())
                                .orElseThrow(() -> notOurs(path, "its hook is number " + info.attachType())));
            default -> throw notOurs(path, "it is a link of type " + info.type());
        };
    }

    private static TcDirection tcDirection(int attachType) {
        return attachType == TcDirection.INGRESS.attachType() ? TcDirection.INGRESS : TcDirection.EGRESS;
    }

    static InvalidObjectException notOurs(Path path, String reason) {
        return new InvalidObjectException("adopt " + path + ": not an attachment of Culvert: " + reason);
    }
}
