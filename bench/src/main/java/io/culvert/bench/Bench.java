// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Runs every comparison and writes `docs/performance.md`.
///
/// `sudo ./culvert bench [--kube-proxy PATH] [quick] [traffic] [nodeport] [connect] [scale] [update] [churn] [policy]
/// [policyscale] [flows] [select] [xdp]`
public final class Bench {

    private Bench() {}

    /// @param args `ROOT [--kube-proxy PATH] [quick]
    /// [traffic|nodeport|connect|scale|update|churn|policy|policyscale|flows|select|xdp]...`: the
    /// checkout; fewer and shorter rounds; only some parts
    public static void main(String[] args) throws Exception {
        Path root = Path.of(args[0]).toAbsolutePath();
        BenchArguments asked;
        try {
            asked = BenchArguments.parse(List.of(args).subList(1, args.length));
        } catch (IllegalArgumentException e) {
            System.err.println("culvert: " + e.getMessage());
            System.exit(2);
            return;
        }
        run(root, asked);
    }

    private static void run(Path root, BenchArguments asked) throws Exception {
        boolean quick = asked.quick();
        LoadProgram load = LoadProgram.compile(root.resolve("bench/src/main/c/load.c"), root.resolve("bench/target"));
        Path culvert = Installation.of(root);
        Page page = new Page(asked.command());
        if (asked.has("traffic")) {
            page.traffic(
                    new TrafficBenchmark(load, culvert, asked.kubeProxy(), quick ? 2 : 11, quick ? 0.5 : 0.7).run());
            page.add(HandOverSection.of(new HandOverBenchmark(root, load, quick ? 40 : 400).run()));
        }
        if (asked.has("nodeport")) {
            page.add(NodePortSection.of(new NodePortBenchmark(load, culvert, quick ? 2 : 11, 0.25).run()));
        }
        if (asked.has("connect")) {
            page.connect(new ConnectCostBenchmark(load, quick ? 1 : 5, quick ? 0.5 : 1.2).run());
        }
        if (asked.has("scale")) {
            page.scale(new ScaleBenchmark(culvert, quick ? 20 : 300).run());
        }
        if (asked.has("update")) {
            page.add(ChangeSections.update(new UpdateBenchmark(load, culvert, quick ? 40 : 200).run()));
        }
        if (asked.has("churn")) {
            page.add(ChangeSections.churn(new ChurnBenchmark(culvert, quick ? 5 : 20, quick ? 10 : 60).run()));
        }
        if (asked.has("policy")) {
            page.add(PolicySections.cost(new PolicyCostBenchmark(quick ? 1 : 5, 20_000).run()));
            page.add(PolicySections.traffic(new PolicyTrafficBenchmark(load, quick ? 40 : 300).run()));
        }
        if (asked.has("policyscale")) {
            page.add(PolicySections.attach(new PodAttachBenchmark(culvert, quick ? 20 : 120).run()));
            page.add(PolicySections.scale(new PolicyScaleBenchmark(culvert, quick ? 30 : 300).run()));
            page.add(PolicySections.addresses(new PolicyAddressBenchmark(culvert).run()));
        }
        if (asked.has("flows")) {
            page.add(FlowSections.store(new FlowStoreBenchmark(quick ? 5 : 21).run()));
            page.add(FlowSections.questions(new FlowQuestionBenchmark(culvert, quick ? 5 : 21).run()));
            page.add(FlowSections.ingest(new FlowIngestBenchmark(quick ? 0.5 : 1.5, quick ? 5 : 21).run()));
            page.add(FlowSections.observers(new FlowObserversBenchmark(quick ? 1 : 5, quick ? 1 : 2).run()));
            page.add(FlowSections.traffic(new FlowTrafficBenchmark(load, culvert, quick ? 12 : 120).run()));
        }
        if (asked.has("select")) {
            page.add(SelectSection.of(new SelectCostBenchmark(root, quick ? 3 : 11).run()));
        }
        if (asked.has("xdp")) {
            page.add(PacketCostSection.of(
                    new PacketCostBenchmark(root, quick ? 300 : 3_000, quick ? 300 : 2_000).run()));
        }
        Progress.say("");
        String text = page.text();
        System.out.print(text);
        if (asked.isWhole()) {
            Files.writeString(
                    root.resolve("docs/performance.md"), Plots.illustrate(text, root.resolve("docs/performance")));
        }
    }
}
