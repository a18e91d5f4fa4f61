// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.observability.flow.WallClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Flows, in this order: a connection to the Service `shop/db`, its end, a denial, a connection to the outside.
final class FlowQueryTest {

    private final PageFlows flows = new PageFlows(16);

    @BeforeEach
    void add() {
        flows.connects();
        flows.ends(5);
        flows.denied();
        flows.leaves();
    }

    @AfterEach
    void free() {
        flows.close();
    }

    private String matching(String query) {
        FlowQuery wanted = FlowQuery.parse(query);
        FlowRows rows = new FlowRows(flows, WallClock.ofSystem());
        List<String> found = new ArrayList<>();
        for (int number = 0; number < 4; number++) {
            String text = Integer.toString(number);
            var _ = flows.store().cursor(number).read(wanted.raw(), 1, flow -> {
                if (wanted.named().test(rows.of(0, flow))) {
                    found.add(text);
                }
            });
        }
        return String.join("", found);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "none, 0123",
                "'', 0123",
                "pod=shop/web, 0123",
                "pod=DB-0, 01",
                "pod=vault, 2",
                "service=shop/db, 01",
                "service=vault, ''",
                "verdict=dropped, 2",
                "verdict=forwarded, 013",
                "kind=close, 1",
                "port=5432, 0123",
                "port=40000, 0123",
                "port=80, ''",
                "text=10.96.0.10, 01",
                "text=vault-is, 2",
                "text=policy+denied, 2",
                "text=203.0.113.9, 3",
                "text=%3Cimg, ''",
                "pod=web&verdict=dropped, 2",
                "pod=db&verdict=dropped, ''",
            })
    void flowsThatMatch(String query, String expected) {
        assertThat(matching(query)).isEqualTo(expected);
    }

    @Test
    void lossesAlwaysPass() {
        flows.ringOverran(3);
        List<Object> found = new ArrayList<>();
        var _ = flows.store()
                .cursor(4)
                .read(FlowQuery.parse("verdict=forwarded&port=1").raw(), 1, found::add);
        assertThat(found).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "port=0",
                "port=65536",
                "port=http",
                "port=-1",
                "verdict=maybe",
                "kind=l7",
                "last=100000",
                "pod=%zz",
                "pod=a&pod=b",
                "what=ever",
                "<script>=1"
            })
    void whatMeansNothingIsRefusedInOneLine(String query) {
        assertThatThrownBy(() -> FlowQuery.parse(query))
                .isInstanceOf(BadQueryException.class)
                .message()
                .hasLineCount(1)
                .doesNotContain("<");
    }

    @Test
    void longValuesAreRefused() {
        assertThatThrownBy(() -> FlowQuery.parse("text=" + "x".repeat(300)))
                .hasMessage("text: longer than 256 characters");
    }
}
