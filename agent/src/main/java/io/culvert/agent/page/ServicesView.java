// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import io.culvert.agent.view.FrontendRow;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Services with their backends.
///
/// @param total that match
/// @param services the first of them, by name
public record ServicesView(int total, List<FrontendRow> services) {

    private static final int MOST = 500;
    private static final int USUAL = 100;

    /// Those whose name or address has `text` in it.
    ///
    /// @throws BadQueryException if the query means nothing
    static ServicesView of(List<FrontendRow> all, @Nullable String rawQuery) {
        Query query = Query.parse(rawQuery, Set.of("text", "limit"));
        String text = query.text("text").toLowerCase(Locale.ROOT);
        List<FrontendRow> matching = all.stream()
                .filter(row -> (row.service() + ' ' + row.frontend() + ' ' + row.type())
                        .toLowerCase(Locale.ROOT)
                        .contains(text))
                .sorted(Comparator.comparing(FrontendRow::service)
                        .thenComparing(row -> row.frontend().toString()))
                .toList();
        int limit = query.number("limit", USUAL, 1, MOST);
        return new ServicesView(matching.size(), matching.subList(0, Math.min(limit, matching.size())));
    }
}
