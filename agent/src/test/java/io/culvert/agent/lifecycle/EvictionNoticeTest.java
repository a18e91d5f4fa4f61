// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvictionNoticeTest {

    private final List<String> said = new ArrayList<>();
    private final EvictionNotice notice = new EvictionNotice(
            "n1",
            (kind, object, reason, message) -> said.add(kind + " " + object.name() + " " + reason + ": " + message));

    @Test
    void A13_17_anEventSaysThatConnectionsAreEvictedAndNotEachTime() {
        notice.seen(700);
        assertThat(said).as("of an earlier agent's time").isEmpty();
        notice.seen(700);
        notice.seen(705);
        notice.seen(9000);

        assertThat(said).singleElement().asString().startsWith("NODE n1 ConnectionsEvicted: 5 connections");
        notice.seen(9000);
        notice.seen(9001);
        assertThat(said).hasSize(2);
    }
}
