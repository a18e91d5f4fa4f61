// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import io.culvert.observability.names.FlowNames;
import java.util.ArrayList;
import java.util.List;

/// Names that numbers of flows are asked for, so that a filter by name can look at numbers first. Answers are kept
/// until [#renew].
final class Lookups {

    private final FlowNames names;
    private final List<Memo> memos = new ArrayList<>();

    Lookups(FlowNames names) {
        this.names = names;
    }

    FlowNames names() {
        return names;
    }

    /// A question whose answers are kept.
    Memo keep(Memo.Question question) {
        Memo memo = new Memo(question);
        memos.add(memo);
        return memo;
    }

    /// Names may have changed since.
    void renew() {
        memos.forEach(Memo::clear);
    }
}
