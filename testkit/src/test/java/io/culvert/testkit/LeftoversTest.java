// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftoversTest {

    private static final long PID = ProcessHandle.current().pid();

    @Test
    void onlyWhatThisProcessMadeIsRemoved(@TempDir Path place) throws IOException {
        Path numbered = Files.createDirectories(place.resolve("culvert-service-lb-" + PID + "-3"));
        Path single = Files.createDirectories(place.resolve("culvert-flows-" + PID));
        Files.writeString(Files.createDirectory(numbered.resolve("maps")).resolve("flows"), "pin");
        for (String other : new String[] {
            "culvert-lab-" + PID + "-1", "culvert-maps-" + PID + "0-1", "culvert-maps-1-" + PID, "other-" + PID
        }) {
            Files.createDirectory(place.resolve(other));
        }

        assertThat(Leftovers.own(place)).containsExactlyInAnyOrder(numbered, single);
        Leftovers.own(place).forEach(Leftovers::removeTree);

        assertThat(Leftovers.own(place)).isEmpty();
        try (var left = Files.list(place)) {
            assertThat(left).hasSize(4);
        }
    }
}
