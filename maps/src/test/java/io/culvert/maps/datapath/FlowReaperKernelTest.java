// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.BpfMap;
import io.culvert.loader.BpfObject;
import io.culvert.loader.MapIteration;
import io.culvert.loader.UpdateMode;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowKey;
import io.culvert.maps.layout.CTypes;
import io.culvert.testkit.KernelTest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The program of [FlowReaper] by itself, on a flow table of its own.
@KernelTest
class FlowReaperKernelTest {

    private static final int ENTRIES = 5_000;

    /// `REAP_TURNS`
    private static final int TURNS = 1_024;

    private static BpfObject load() {
        return BpfObject.open("reap", PodPrograms.elf("reap")).load();
    }

    /// Entries of zeros under as many keys: none is idle while the clock is at zero.
    private static void fill(BpfMap flows) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(FlowKey.CODEC.layout());
            MemorySegment value = arena.allocate(Flow.CODEC.layout());
            for (int number = 0; number < ENTRIES; number++) {
                key.set(CTypes.U32, 0, number);
                flows.update(key, value, UpdateMode.CREATE);
            }
        }
    }

    @Test
    void othersHaveTheProcessorNowAndThenThoughNothingIsShown() {
        AtomicInteger pauses = new AtomicInteger();
        try (BpfObject reap = load()) {
            fill(reap.map("flows"));
            MapIteration.run(
                    reap.program("reap_flows"),
                    reap.map("flows"),
                    Math.toIntExact(Flow.CODEC.layout().byteSize()),
                    1,
                    written -> {
                        assertThat(written.mismatch(MemorySegment.ofArray(new byte[(int) written.byteSize()])))
                                .isEqualTo(-1);
                        pauses.incrementAndGet();
                    });
        }
        assertThat(pauses).hasValue(ENTRIES / TURNS);
    }

    @Test
    void aKernelThatRefusesIsAskedAgainTheNextTime() {
        AtomicBoolean refuses = new AtomicBoolean(true);
        var reaper = new FlowReaper(() -> {
            if (refuses.get()) {
                return BpfObject.open("reap", new byte[64]);
            }
            BpfObject reap = load();
            fill(reap.map("flows"));
            return reap;
        });
        try (reaper) {
            assertThat(reaper.run(0, true, (_, _) -> {})).isEmpty();
            assertThat(reaper.run(0, true, (_, _) -> {})).isEmpty();

            refuses.set(false);
            assertThat(reaper.run(0, true, (_, _) -> {}).orElseThrow().entries())
                    .isEqualTo(ENTRIES);
        }
    }
}
