// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
        List<String> words = new ArrayList<>(List.of(args).subList(1, args.length));
        Optional<Path> kubeProxy = takeKubeProxy(words);
        boolean quick = words.contains("quick");
        boolean all = words.stream().allMatch("quick"::equals);
        LoadProgram load = LoadProgram.compile(root.resolve("bench/src/main/c/load.c"), root.resolve("bench/target"));
        Path culvert = Installation.of(root);
        Page page = new Page();
        if (all || words.contains("traffic")) {
            page.traffic(new TrafficBenchmark(load, culvert, kubeProxy, quick ? 2 : 11, quick ? 0.5 : 0.7).run());
            page.add(HandOverSection.of(new HandOverBenchmark(root, load, quick ? 12 : 120).run()));
        }
        if (all || words.contains("nodeport")) {
            page.add(NodePortSection.of(new NodePortBenchmark(load, culvert, quick ? 2 : 11, 0.25).run()));
        }
        if (all || words.contains("connect")) {
            page.connect(new ConnectCostBenchmark(load, quick ? 1 : 5, quick ? 0.5 : 1.2).run());
        }
        if (all || words.contains("scale")) {
            page.scale(new ScaleBenchmark(culvert, quick ? 20 : 300).run());
        }
        if (all || words.contains("update")) {
            page.add(ChangeSections.update(new UpdateBenchmark(load, culvert, quick ? 40 : 200).run()));
        }
        if (all || words.contains("churn")) {
            page.add(ChangeSections.churn(new ChurnBenchmark(culvert, quick ? 5 : 20, quick ? 10 : 60).run()));
        }
        if (all || words.contains("policy")) {
            page.add(PolicySections.cost(new PolicyCostBenchmark(quick ? 1 : 5, 20_000).run()));
            page.add(PolicySections.traffic(new PolicyTrafficBenchmark(load, quick ? 12 : 120).run()));
        }
        if (all || words.contains("policyscale")) {
            page.add(PolicySections.attach(new PodAttachBenchmark(culvert, quick ? 20 : 120).run()));
            page.add(PolicySections.scale(new PolicyScaleBenchmark(culvert, quick ? 30 : 300).run()));
            page.add(PolicySections.addresses(new PolicyAddressBenchmark(culvert).run()));
        }
        if (all || words.contains("flows")) {
            page.add(FlowSections.store(new FlowStoreBenchmark(quick ? 5 : 21).run()));
            page.add(FlowSections.questions(new FlowQuestionBenchmark(culvert, quick ? 5 : 21).run()));
            page.add(FlowSections.ingest(new FlowIngestBenchmark(quick ? 0.5 : 1.5, quick ? 5 : 21).run()));
            page.add(FlowSections.observers(new FlowObserversBenchmark(quick ? 1 : 5, quick ? 1 : 2).run()));
            page.add(FlowSections.traffic(new FlowTrafficBenchmark(load, culvert, quick ? 12 : 120).run()));
        }
        if (all || words.contains("select")) {
            page.add(SelectSection.of(new SelectCostBenchmark(root, quick ? 3 : 11).run()));
        }
        if (all || words.contains("xdp")) {
            page.add(PacketCostSection.of(
                    new PacketCostBenchmark(root, quick ? 300 : 3_000, quick ? 300 : 2_000).run()));
        }
        Progress.say("");
        String text = page.text();
        System.out.print(text);
        if (all && !quick) {
            Files.writeString(
                    root.resolve("docs/performance.md"), Plots.illustrate(text, root.resolve("docs/performance")));
        }
    }

    /// Takes `--kube-proxy PATH` out of the words.
    private static Optional<Path> takeKubeProxy(List<String> words) {
        int at = words.indexOf("--kube-proxy");
        if (at < 0) {
            return Optional.empty();
        }
        Path binary = Path.of(at + 1 < words.size() ? words.get(at + 1) : "");
        if (!Files.isExecutable(binary)) {
            throw new IllegalArgumentException("--kube-proxy " + binary + ": name the file of a kube-proxy program");
        }
        words.subList(at, at + 2).clear();
        return Optional.of(binary.toAbsolutePath());
    }
}
