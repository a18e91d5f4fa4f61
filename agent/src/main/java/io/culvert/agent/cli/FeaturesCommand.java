// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.view.Column;
import io.culvert.loader.FeatureResult;
import io.culvert.loader.KernelFeature;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `culvert features`.
@Command(
        name = "features",
        description = {
            "Try each kernel feature that Culvert uses, and print yes, no or unknown.",
            "The exit status is 1 if one is missing that Culvert cannot do without."
        })
final class FeaturesCommand extends Verb {

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /// @param supported `yes`, `no` or `unknown`
    record Row(String feature, String supported, boolean required, String detail) {}

    @Override
    public Integer call() {
        List<Row> rows =
                Arrays.stream(KernelFeature.values()).map(FeaturesCommand::row).toList();
        output.printer(this)
                .list(
                        List.of(
                                Column.of("Feature", Row::feature),
                                Column.of("Supported", Row::supported),
                                Column.of("Required", row -> row.required() ? "yes" : "no"),
                                Column.of("Detail", Row::detail)),
                        rows);
        boolean missing =
                rows.stream().anyMatch(row -> row.required() && row.supported().equals("no"));
        return missing ? ExitStatus.FAILED : ExitStatus.DONE;
    }

    private static Row row(KernelFeature feature) {
        return switch (feature.probe()) {
            case FeatureResult.Supported _ -> new Row(feature.title(), "yes", feature.isRequired(), "");
            case FeatureResult.Unsupported(String needs) ->
                new Row(feature.title(), "no", feature.isRequired(), "needs " + needs);
            case FeatureResult.Inconclusive(String reason) ->
                new Row(feature.title(), "unknown", feature.isRequired(), reason);
        };
    }
}
