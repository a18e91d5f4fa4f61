// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import java.util.List;

/// What the page says of a [HandOverBenchmark].
final class HandOverSection {

    private HandOverSection() {}

    static Page.Section of(List<SwitchedLoad.Series> all) {
        StringBuilder text = new StringBuilder("""
                ## What handing over brings

                Pod to pod on one node, without a Service and without Culvert: through the stack, and handed over by `bpf_redirect_peer`. The program
                that does it neither asks, counts nor tells anything: what a proxy with a fast path of this kind
                reaches in Traffic is this at most, less its own work. One load goes on while the programs come or go, %d times a second.

                | mode | direct | handed over | ratio | standard error |
                |---|---|---|---|---|
                """.formatted(SwitchedLoad.Turns.OF_PROGRAMS.changes()));
        all.forEach(series -> text.append(series.row()));
        return new Page.Section(text.toString(), List.of());
    }
}
