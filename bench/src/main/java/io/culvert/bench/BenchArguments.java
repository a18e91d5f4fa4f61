// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What the command `bench` was asked for.
///
/// @param kubeProxy a program that takes part
/// @param quick whether rounds are fewer and shorter
/// @param parts of the page; empty: all
record BenchArguments(Optional<Path> kubeProxy, boolean quick, Set<String> parts) {

    private static final String KUBE_PROXY = "--kube-proxy";
    private static final String QUICK = "quick";

    private static final List<String> PARTS = List.of(
            "traffic",
            "nodeport",
            "connect",
            "scale",
            "update",
            "churn",
            "policy",
            "policyscale",
            "flows",
            "select",
            "xdp");

    /// @param words `[--kube-proxy PATH] [quick] [PART]...`
    static BenchArguments parse(List<String> words) {
        List<String> others = new ArrayList<>(words);
        Optional<Path> kubeProxy = takeKubeProxy(others);
        boolean quick = others.removeIf(QUICK::equals);
        for (String word : others) {
            if (!PARTS.contains(word)) {
                throw new IllegalArgumentException(
                        "bench " + word + ": no such part; name some of " + String.join(", ", PARTS));
            }
        }
        return new BenchArguments(kubeProxy, quick, Set.copyOf(others));
    }

    private static Optional<Path> takeKubeProxy(List<String> words) {
        int at = words.indexOf(KUBE_PROXY);
        if (at < 0) {
            return Optional.empty();
        }
        Path binary = Path.of(at + 1 < words.size() ? words.get(at + 1) : "");
        if (!Files.isRegularFile(binary) || !Files.isExecutable(binary)) {
            throw new IllegalArgumentException(
                    "bench %s %s: name the file of a kube-proxy program".formatted(KUBE_PROXY, binary));
        }
        words.subList(at, at + 2).clear();
        return Optional.of(binary.toAbsolutePath());
    }

    /// Whether a part is to be measured.
    boolean has(String part) {
        return parts.isEmpty() || parts.contains(part);
    }

    /// Whether the page is whole, so that it can be published.
    boolean isWhole() {
        return parts.isEmpty() && !quick;
    }

    /// The command that says the same. Where a program lies is of no interest to readers elsewhere.
    String command() {
        List<String> words = new ArrayList<>(List.of("sudo ./culvert bench"));
        kubeProxy.ifPresent(path -> words.add(KUBE_PROXY + " .../" + path.getFileName()));
        if (quick) {
            words.add(QUICK);
        }
        PARTS.stream().filter(parts::contains).forEach(words::add);
        return String.join(" ", words);
    }
}
