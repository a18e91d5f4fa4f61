// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.observability.observe.Span;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How many, and from when.
final class SpanOptions {

    @Option(names = "--last", paramLabel = "N", description = "The last N (20 if nothing else is said).")
    private long last;

    @Option(names = "--first", paramLabel = "N", description = "The first N that are kept.")
    private long first;

    @Option(names = "--all", description = "All that are kept.")
    private boolean all;

    @Option(
            names = {"-f", "--follow"},
            description = "Also those that come, until Ctrl-C.")
    private boolean follow;

    @Option(names = "--since", paramLabel = "TIME", description = "From then on: 5m, 2d, or a time of RFC 3339.")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Until then.")
    private @Nullable String until;

    Span span() {
        return new Span(last, first, all, follow, since, until);
    }
}
