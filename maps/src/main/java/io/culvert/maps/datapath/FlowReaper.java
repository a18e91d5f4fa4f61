// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfException;
import io.culvert.loader.BpfMap;
import io.culvert.loader.BpfObject;
import io.culvert.loader.MapIteration;
import io.culvert.loader.UpdateMode;
import io.culvert.loader.btf.Btf;
import io.culvert.maps.Flow;
import io.culvert.maps.RawFlow;
import io.culvert.maps.Tables;
import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.LayoutCheck;
import io.culvert.maps.layout.LayoutMismatchException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes expired connections from the flow table within the kernel (`bpf/reap.c`).
public final class FlowReaper implements AutoCloseable {

    /// What one pass did.
    ///
    /// @param entries that it saw
    /// @param removed of these
    /// @param more whether it left some that it may neither remove nor show, as it had shown enough
    public record Reaped(int entries, int removed, boolean more) {}

    static final String OBJECT = "reap";

    private static final Logger LOG = LoggerFactory.getLogger(FlowReaper.class);
    private static final String PASS = "reaping";
    private static final StructLayout LAYOUT = CTypes.struct(
            PASS,
            CTypes.U64.withName("now"),
            CTypes.U32.withName("entries"),
            CTypes.U32.withName("removed"),
            CTypes.U32.withName("written"),
            CTypes.U32.withName("left"),
            CTypes.U32.withName("silent"),
            CTypes.U32.withName("turns"));

    private final Supplier<BpfObject> loader;
    private @Nullable BpfObject loaded;
    private volatile boolean outdated;
    private boolean refused;

    /// @param loader of the program, against the maps and settings of that moment
    FlowReaper(Supplier<BpfObject> loader) {
        this.loader = loader;
    }

    /// One pass through the table. Connections whose end was told are removed, all entries of each; of the others that
    /// have expired, and of UDP to backends that are withdrawn, each entry is shown, and stays.
    ///
    /// Empty if the kernel refuses it, as one without BTF does. Some may have been shown then.
    ///
    /// @param now CLOCK_MONOTONIC, nanoseconds
    /// @param silent whether no end need be told
    /// @param consumer is shown each as it is in memory, which nobody may keep, and as a value
    public synchronized Optional<Reaped> run(long now, boolean silent, BiConsumer<RawFlow, Flow> consumer) {
        try (Arena arena = Arena.ofConfined()) {
            Reaped reaped = run(program(), arena, now, silent, consumer);
            refused = false;
            return Optional.of(reaped);
        } catch (BpfException | LayoutMismatchException e) {
            close();
            if (!refused) {
                LOG.info(
                        "expired flows are removed one by one, until the kernel takes the program: {}", e.getMessage());
            }
            refused = true;
            return Optional.empty();
        }
    }

    /// Maps or settings are others: the next pass loads the program again. The present one goes on with what it has.
    void reload() {
        outdated = true;
    }

    private BpfObject program() {
        if (outdated) {
            close();
        }
        BpfObject present = loaded;
        if (present == null) {
            outdated = false;
            present = loader.get();
            loaded = present;
            List<String> differences = differences(present.btf());
            if (!differences.isEmpty()) {
                throw new LayoutMismatchException(OBJECT + ".o", differences);
            }
        }
        return present;
    }

    @Override
    public synchronized void close() {
        if (loaded != null) {
            loaded.close();
            loaded = null;
        }
    }

    private static Reaped run(
            BpfObject object, Arena arena, long now, boolean silent, BiConsumer<RawFlow, Flow> consumer) {
        MemorySegment pass = arena.allocate(LAYOUT);
        pass.set(CTypes.U64, offset("now"), now);
        pass.set(CTypes.U32, offset("silent"), silent ? 1 : 0);
        MemorySegment key = arena.allocate(CTypes.U32);
        BpfMap map = object.map(PASS);
        map.update(key, pass, UpdateMode.ANY);
        RawFlow raw = new RawFlow();
        MapIteration.run(
                object.program("reap_flows"),
                object.map(Tables.FLOWS.name()),
                Math.toIntExact(Flow.CODEC.layout().byteSize()),
                1,
                written -> raw.show(written, consumer));
        map.lookup(key, pass);
        return new Reaped(
                pass.get(CTypes.U32, offset("entries")),
                pass.get(CTypes.U32, offset("removed")),
                pass.get(CTypes.U32, offset("left")) > 0);
    }

    /// What Java and the object do not mean the same by, one line each.
    static List<String> differences(Btf btf) {
        return LayoutCheck.differences(
                LAYOUT, btf, btf.mapTypes(PASS).map(Btf.MapTypes::value).orElse(0));
    }

    private static long offset(String field) {
        return CTypes.offset(LAYOUT, field);
    }
}
