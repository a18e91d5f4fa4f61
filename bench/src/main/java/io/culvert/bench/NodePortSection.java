// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.net.IpFamily;
import java.util.ArrayList;
import java.util.List;

/// What the page says of [NodePortBenchmark].
final class NodePortSection {

    private static final String HEAD = """
            ## NodePort from another node

            A process of another node to a NodePort of the node in question, which masquerades (`externalTrafficPolicy: Cluster`), to
            one of four pods on the same node or on a third one. Modes as above. Direct: the same way to the pods without any
            proxy; to those on a third node the node in question is a router, both ways. nftables: as kube-proxy 1.36 lays out
            NodePorts. Of 10,000 Services 2,700 have a NodePort, which is what the range holds. DSR: with
            `culvert.io/forwarding-mode: dsr`, by IPIP. XDP: generic, which is what veth pairs have; packets to that node come with whole
            checksums, as from a cable, and are checked by software at both ends. In parentheses the ratio to direct.

            | family | mode | Services | backends on | direct | nftables | Culvert | XDP | DSR | Culvert to nftables |
            |---|---|---|---|---|---|---|---|---|---|
            """;

    private NodePortSection() {}

    static Page.Section of(List<NodePortBenchmark.Series> all) {
        StringBuilder text = new StringBuilder(HEAD);
        List<Figure> figures = new ArrayList<>();
        for (NodePortBenchmark.Series series : all) {
            Rates rates = series.rates();
            String family = series.family() == IpFamily.IPV4 ? "IPv4" : "IPv6";
            double ratio = rates.ratio(Contender.CULVERT, Contender.NFTABLES);
            text.append("| %s | %s | %,d | %s | %,.0f | %s | %s | %s | %s | %.3f |%n"
                    .formatted(
                            family,
                            series.mode(),
                            series.services(),
                            series.place().words(),
                            rates.rate(Contender.DIRECT),
                            cell(rates, Contender.NFTABLES),
                            cell(rates, Contender.CULVERT),
                            cell(rates, Contender.CULVERT_XDP),
                            cell(rates, Contender.CULVERT_DSR),
                            ratio));
            String what = "NodePort, %s of nftables, %s, %,d Services, backends on %s"
                    .formatted(
                            series.mode().unit(),
                            family,
                            series.services(),
                            series.place().words());
            figures.add(Figure.atLeast(what, ratio, 1.15, " x"));
            if (rates.has(Contender.CULVERT_DSR)) {
                figures.add(Figure.atLeast(
                        what.replace("of nftables", "by DSR of masquerade"),
                        rates.ratio(Contender.CULVERT_DSR, Contender.CULVERT),
                        1.0,
                        " x"));
            }
        }
        return new Page.Section(text.toString(), figures);
    }

    private static String cell(Rates rates, Contender contender) {
        return !rates.has(contender)
                ? ""
                : "%,.0f (%.3f)".formatted(rates.rate(contender), rates.ratio(contender, Contender.DIRECT));
    }
}
