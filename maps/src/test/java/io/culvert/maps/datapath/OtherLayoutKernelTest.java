// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.maps.layout.LayoutMismatchException;
import io.culvert.testkit.KernelTest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Programs compiled from a `layout.h` that someone changed.
@KernelTest(commands = "clang")
final class OtherLayoutKernelTest {

    @AutoClose
    private final DatapathPlace place = new DatapathPlace();

    @TempDir
    Path directory;

    @Test
    void programsOfAnotherLayoutDoNotReachTheKernel() {
        Map<String, byte[]> objects = ChangedSources.compile(
                directory, Map.of("(__be16 port;)(\\s+)(__u16 weight;[^\n]*)", "$3$2$1"), List.of("sock_lb", "pod"));

        var config =
                new DatapathConfig(place.bpffs, ObjectSource.compiled(objects), Map.of(), DatapathSettings.DEFAULT);
        assertThatThrownBy(() -> Datapath.open(config))
                .isInstanceOf(LayoutMismatchException.class)
                .hasMessage(
                        "load sock_lb.o: slot.backend.port: Java offset 16 BE16, object offset 18 __be16 (and 1 more);"
                                + " build agent and objects from the same source");
        assertThat(place.bpffs.resolve("maps/control")).doesNotExist();
    }

    @Test
    void aMissingObjectIsNamed() {
        var config =
                new DatapathConfig(place.bpffs, ObjectSource.compiled(Map.of()), Map.of(), DatapathSettings.DEFAULT);
        assertThatThrownBy(() -> Datapath.open(config))
                .hasMessage("load sock_lb.o: not among the compiled objects []; the source directory needs sock_lb.c");
    }
}
