// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.flows;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentlyGoneTest {

    private final AtomicLong now = new AtomicLong();
    private final RecentlyGone<Integer, String> gone = new RecentlyGone<>(now::get);

    @Test
    void isForgottenAfterSomeMinutes() {
        gone.put(1, "web");
        now.addAndGet(RecentlyGone.MEMORY.toNanos());
        gone.put(2, "client");

        assertThat(gone.find(1)).contains("web");
        now.incrementAndGet();
        assertThat(gone.find(1)).isEmpty();
        assertThat(gone.find(2)).contains("client");
        gone.put(3, "other");
        assertThat(gone.size()).isEqualTo(2);
    }

    @Test
    void keepsTheLatest() {
        for (int key = 0; key <= RecentlyGone.LIMIT; key++) {
            gone.put(key, "pod" + key);
        }

        assertThat(gone.size()).isEqualTo(RecentlyGone.LIMIT);
        assertThat(gone.find(0)).isEmpty();
        assertThat(gone.find(RecentlyGone.LIMIT)).isPresent();
    }

    @Test
    void whatWentLastIsMeant() {
        gone.put(1, "web");
        gone.put(1, "other");

        assertThat(gone.find(1)).contains("other");
    }
}
