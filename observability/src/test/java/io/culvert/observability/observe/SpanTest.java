// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.observability.api.observer.GetFlowsRequest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How many, from when, and from whom.
final class SpanTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private static GetFlowsRequest request(Span span) {
        return new FlowQuestion(new FlowWishes(), List.of(), List.of()).request(span, List.of("time"), NOW);
    }

    @Test
    void theLastTwentyAreShownWhereNothingIsSaid() {
        GetFlowsRequest request = request(new Span(0, 0, false, false, null, null));

        assertThat(request.getNumber()).isEqualTo(20);
        assertThat(request.getFirst()).isFalse();
        assertThat(request.getFieldMask().getPathsList()).containsExactly("time");
    }

    @Test
    void numbersAndPeriodsAreAskedFor() {
        assertThat(request(new Span(0, 0, false, true, null, null)).getNumber()).isZero();
        assertThat(request(new Span(5, 0, false, true, null, null)).getFollow()).isTrue();
        assertThat(request(new Span(0, 0, true, false, null, null)).getNumber()).isEqualTo(-1L);
        assertThat(request(new Span(0, 7, false, false, null, null)))
                .satisfies(first -> assertThat(first.getFirst()).isTrue())
                .satisfies(first -> assertThat(first.getNumber()).isEqualTo(7));
        GetFlowsRequest period = request(new Span(0, 0, false, false, "5m", "2026-01-02T03:04:00.5Z"));
        assertThat(period.getNumber()).isZero();
        assertThat(period.getSince().getSeconds()).isEqualTo(NOW.getEpochSecond() - 300);
        assertThat(period.getUntil().getSeconds()).isEqualTo(NOW.getEpochSecond() - 5);
        assertThat(period.getUntil().getNanos()).isEqualTo(500_000_000);
    }

    @Test
    void contradictionsAreTold() {
        assertThatThrownBy(() -> new Span(1, 1, false, false, null, null)).hasMessageStartingWith("--first and --last");
        assertThatThrownBy(() -> new Span(1, 0, true, false, null, null)).hasMessageStartingWith("--last and --all");
        assertThatThrownBy(() -> new Span(0, 1, false, true, null, null))
                .hasMessageStartingWith("--first and --follow");
        assertThatThrownBy(() -> new Span(0, 0, false, true, null, "1m"))
                .hasMessageStartingWith("--until and --follow");
        assertThatThrownBy(() -> new Span(-1, 0, false, false, null, null)).hasMessageContaining("from 0 on");
    }

    @ParameterizedTest
    @CsvSource({
        "90s, 2026-01-02T03:02:35Z",
        "1h30m, 2026-01-02T01:34:05Z",
        "2d, 2025-12-31T03:04:05Z",
        "1w, 2025-12-26T03:04:05Z",
        "2026-01-01, 2026-01-01T00:00:00Z",
        "2026-01-01T10:00:00, 2026-01-01T10:00:00Z",
        "2026-01-01T10:00:00+02:00, 2026-01-01T08:00:00Z"
    })
    void momentsAreRead(String text, Instant moment) {
        assertThat(Moments.parse("--since", text, NOW)).isEqualTo(moment);
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "5", "5 m", "2026-13-01", "", "1y"})
    void whatIsNoMomentIsTold(String text) {
        assertThatThrownBy(() -> Moments.parse("--since", text, NOW))
                .isInstanceOf(ObserveException.class)
                .hasMessageStartingWith("--since " + text + ": no time");
    }

    @Test
    void addressesAreRead() {
        assertThat(ObserverAddress.parse("unix:///run/x.sock")).isEqualTo(ObserverAddress.of(Path.of("/run/x.sock")));
        assertThat(ObserverAddress.parse("localhost:4245"))
                .isEqualTo(new ObserverAddress(null, "localhost", 4245, false));
        assertThat(ObserverAddress.parse("tls://[fd00::1]:443")).hasToString("tls://[fd00::1]:443");
        for (String text : List.of("localhost", "a:b", "http://a:1", "a:70000", "fd00::1:80")) {
            assertThatThrownBy(() -> ObserverAddress.parse(text))
                    .isInstanceOf(ObserveException.class)
                    .hasMessageStartingWith("--server " + text + ": no address");
        }
    }
}
