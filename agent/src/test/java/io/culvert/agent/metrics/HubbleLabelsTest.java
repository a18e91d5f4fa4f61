// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.DropReason;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HubbleLabelsTest {

    @ParameterizedTest
    @CsvSource({
        "UNALLOCATED, Is a ClusterIP",
        "POLICY_DENY, Policy denied by denylist",
        "NO_LOCAL_BACKEND, Service backend not found",
        "TOO_BIG, Too big for the way to its backend"
    })
    void reasonsHaveTheTextsThatDashboardsKnow(DropReason reason, String text) {
        assertThat(HubbleLabels.reasonText(reason.number())).isEqualTo(text);
    }

    @Test
    void flowsOfSocketsHaveTheirMessageType() {
        assertThat(HubbleLabels.subtype(EventKind.SOCKET, EventHook.SOCKET)).isEqualTo("7");
    }
}
