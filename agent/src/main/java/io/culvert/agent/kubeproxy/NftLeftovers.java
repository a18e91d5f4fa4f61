// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.kubeproxy;

import io.culvert.agent.kubeproxy.Leftover.Kind;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// The tables of kube-proxy's nftables mode: one of each family, and nothing outside of them.
final class NftLeftovers {

    private static final Pattern TABLE = Pattern.compile("^table (ip6?) kube-proxy$", Pattern.MULTILINE);

    private NftLeftovers() {}

    static List<Leftover> find(Commands commands) {
        return TABLE.matcher(commands.output("nft", "list", "tables").orElse(""))
                .results()
                .map(NftLeftovers::table)
                .toList();
    }

    private static Leftover table(MatchResult match) {
        String family = match.group(1);
        return new Leftover(
                Kind.NFTABLES,
                "nft",
                "table " + family + " kube-proxy",
                List.of(),
                true,
                "",
                List.of("nft", "delete", "table", family, "kube-proxy"));
    }
}
