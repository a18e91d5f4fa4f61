// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

import io.culvert.loader.Errno;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The answer to one dump request, which comes in any number of datagrams.
final class Dump<T extends NetworkObject> {

    private final String operation;
    private final Class<T> kind;
    private final int sequence;
    private final List<T> objects = new ArrayList<>();
    private boolean interrupted;
    private boolean done;

    /// @param sequence that of the request; messages with another one are late answers to an earlier request
    Dump(String operation, Class<T> kind, int sequence) {
        this.operation = operation;
        this.kind = kind;
        this.sequence = sequence;
    }

    /// Takes datagrams until the answer is complete.
    ///
    /// @return all objects, or empty if they changed meanwhile, so that the dump has to be made again
    /// @throws NetlinkException if the kernel refused
    Optional<List<T>> read(Supplier<ByteBuffer> datagrams) {
        while (!done) {
            NetlinkMessage.split(datagrams.get()).forEach(this::take);
        }
        return interrupted ? Optional.empty() : Optional.of(List.copyOf(objects));
    }

    private void take(NetlinkMessage message) {
        if (message.sequence() != sequence || done) {
            return;
        }
        interrupted |= message.interrupted();
        switch (message.type()) {
            case NetlinkMessage.ERROR, NetlinkMessage.DONE -> finish(message.error());
            case NetlinkMessage.OVERRUN -> interrupted = true;
            default ->
                ObjectMessages.parse(message)
                        .map(NetworkChange::object)
                        .filter(kind::isInstance)
                        .map(kind::cast)
                        .ifPresent(objects::add);
        }
    }

    private void finish(int error) {
        done = true;
        if (error < 0) {
            throw NetlinkException.of(operation, Errno.of(-error));
        }
    }
}
