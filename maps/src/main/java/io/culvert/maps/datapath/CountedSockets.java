// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.culvert.loader.BpfException;
import io.culvert.loader.BpfMap;
import io.culvert.loader.BpfObject;
import io.culvert.loader.MapIteration;
import io.culvert.loader.RunningPrograms;
import io.culvert.maps.Tables;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sockets that count as open at a backend, and the program that takes them out when they are closed. Each socket
/// of the node is a call to that program, so that it is there only while some socket is counted.
public final class CountedSockets {

    /// One of them.
    ///
    /// @param socket tells it from all others that are open at the same time
    public record CountedSocket(long socket, int backendId) {}

    private static final Logger LOG = LoggerFactory.getLogger(CountedSockets.class);
    private static final String OBJECT = "counted";

    /// `struct counted_socket`
    private static final int SIZE = 16;

    private static final int AT_ONCE = 4096;

    private final Links links;
    private final ObjectSource objects;
    private final Map<String, BpfMap> maps;
    private final Object lock;
    private final Supplier<ProgramSet> programs;

    /// @param maps all of them, as they are at each moment
    CountedSockets(
            Links links, ObjectSource objects, Map<String, BpfMap> maps, Object lock, Supplier<ProgramSet> programs) {
        this.links = links;
        this.objects = objects;
        this.maps = maps;
        this.lock = lock;
        this.programs = programs;
    }

    /// Attaches the program, where sockets are translated. Call it before a Service is given an algorithm that counts.
    public void start() {
        synchronized (lock) {
            links.addSockets(SocketPrograms.COUNT, programs.get());
        }
    }

    /// Takes the program off, unless a socket is counted that somebody will close, or the kernel does not tell. No
    /// Service may have an algorithm that counts, nor be given one meanwhile.
    public void stop() {
        synchronized (lock) {
            if (!links.hasSockets(SocketPrograms.COUNT)) {
                return;
            }
            RunningPrograms.await();
            if (all().filter(Set::isEmpty).isPresent()) {
                links.removeSockets(SocketPrograms.COUNT);
            }
        }
    }

    /// All there are, of all network namespaces. Sockets that come and go meanwhile may be among them or not.
    /// Empty if the kernel does not tell: it needs BTF.
    public Optional<Set<CountedSocket>> all() {
        synchronized (lock) {
            try (BpfObject object = BpfObject.open(OBJECT, objects.object(OBJECT))) {
                ProgramSet.reuse(object, maps);
                object.load();
                Set<CountedSocket> all = new HashSet<>();
                MapIteration.run(
                        object.program("counted_sockets"),
                        object.map(Tables.SOCK_COUNTED.name()),
                        SIZE,
                        AT_ONCE,
                        written -> all.add(
                                new CountedSocket(written.get(JAVA_LONG, 0), written.get(JAVA_INT, Long.BYTES))));
                return Optional.of(all);
            } catch (BpfException e) {
                LOG.debug("list the sockets that are counted", e);
                return Optional.empty();
            }
        }
    }
}
