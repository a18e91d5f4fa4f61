// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/// How large maps become, and what grows with what.
final class SizesTest {

    private static Map<String, Integer> larger(int backends, int present, int loads) {
        return Sizes.larger(
                Map.of("backends", backends), Map.of("backends", present, "backend_loads", loads), Map.of());
    }

    @Test
    void countsOfConnectionsGrowWithTheBackendsThatTheyAreOf() {
        assertThat(larger(65_537, 65_536, 65_536)).isEqualTo(Map.of("backends", 131_072, "backend_loads", 131_072));
    }

    @Test
    void countsThatHaveRoomStayAsTheyAre() {
        assertThat(larger(17, 16, 65_536)).isEqualTo(Map.of("backends", 32));
        assertThat(larger(40_000, 32_768, 65_536)).isEqualTo(Map.of("backends", 65_536));
    }
}
