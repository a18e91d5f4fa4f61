// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventVerdict;
import io.culvert.observability.flow.RawFilter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Which flows a client wants: by numbers first, then by names.
///
/// @param raw flows of kind `lost` always pass
/// @param last how many of those that there are
record FlowQuery(RawFilter raw, Predicate<FlowRow> named, int last) {

    private static final Set<String> PARAMETERS = Set.of("pod", "service", "verdict", "kind", "port", "text", "last");
    private static final int MOST = 500;
    private static final int USUAL = 100;
    private static final int LAST_PORT = 65_535;

    /// `pod` and `service` match a part of `namespace/name`, `port` either end, `text` anything that is shown.
    ///
    /// @throws BadQueryException if it means nothing
    static FlowQuery parse(@Nullable String raw) {
        Query query = Query.parse(raw, PARAMETERS);
        RawFilter numbers = port(query.number("port", 0, 1, LAST_PORT))
                .and(verdict(query.text("verdict")))
                .and(kind(query.text("kind")));
        RawFilter losses = RawFilter.kinds(Set.of(EventKind.LOST));
        List<Predicate<FlowRow>> tests = Stream.of(
                        contains(query.text("pod"), FlowQuery::isOfPod),
                        contains(
                                query.text("service"),
                                (row, text) -> lower(row.service()).contains(text)),
                        contains(query.text("text"), FlowRow::mentions))
                .toList();
        return new FlowQuery(
                RawFilter.any(List.of(losses, numbers)),
                row -> tests.stream().allMatch(test -> test.test(row)),
                query.number("last", USUAL, 0, MOST));
    }

    private interface Match {
        boolean in(FlowRow row, String text);
    }

    private static Predicate<FlowRow> contains(String text, Match match) {
        String wanted = lower(text);
        return wanted.isEmpty() ? _ -> true : row -> match.in(row, wanted);
    }

    private static boolean isOfPod(FlowRow row, String text) {
        return isPod(row.source(), text) || isPod(row.destination(), text);
    }

    /// A pod's workload is part of what it is looked for by.
    private static boolean isPod(PartyRow party, String text) {
        return lower(party.title()).contains(text) || lower(party.group()).contains(text);
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private static RawFilter port(int port) {
        return port == 0
                ? RawFilter.ALL
                : flow -> flow.sourcePort() == port || flow.destinationPort() == port || flow.translatedPort() == port;
    }

    private static RawFilter verdict(String text) {
        if (text.isEmpty()) {
            return RawFilter.ALL;
        }
        int number = chosen("verdict", text, EventVerdict.values()).number();
        return flow -> flow.verdict() == number;
    }

    private static RawFilter kind(String text) {
        return text.isEmpty() ? RawFilter.ALL : RawFilter.kinds(Set.of(chosen("kind", text, EventKind.values())));
    }

    private static <E extends Enum<E>> E chosen(String name, String text, E[] values) {
        return Arrays.stream(values)
                .filter(value -> FlowRows.text(value).equals(lower(text)))
                .findFirst()
                .orElseThrow(() -> new BadQueryException(name + ": none of "
                        + Arrays.stream(values).map(FlowRows::text).collect(Collectors.joining(", "))));
    }
}
