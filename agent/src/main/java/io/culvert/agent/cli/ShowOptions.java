// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.observability.print.ColourChoice;
import io.culvert.observability.print.OutputFormat;
import io.culvert.observability.print.PrintOptions;
import io.culvert.observability.print.ResponsePrinter;
import io.culvert.observability.print.TimeFormat;
import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// How flows are shown.
final class ShowOptions {

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "compact",
            description = "compact, dict, table, json or jsonpb (default ${DEFAULT-VALUE}).")
    private String format = "compact";

    @Option(
            names = "--time-format",
            paramLabel = "FORMAT",
            defaultValue = "StampMilli",
            description = "Such as RFC3339Nano (default ${DEFAULT-VALUE}); always UTC.")
    private String time = "StampMilli";

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            defaultValue = "auto",
            description = "auto, always or never (default ${DEFAULT-VALUE}: on a terminal).")
    private String color = "auto";

    @Option(names = "--numeric", description = "Addresses in place of names.")
    private boolean numeric;

    @Option(names = "--print-node-name", description = "Show which node tells.")
    private boolean nodeName;

    @Option(names = "--print-policy-names", description = "Show which policies decided.")
    private boolean policyNames;

    OutputFormat format(Verb verb) {
        return switch (format.toLowerCase(Locale.ROOT)) {
            case "compact" -> OutputFormat.COMPACT;
            case "dict" -> OutputFormat.DICT;
            case "json", "jsonpb" -> OutputFormat.JSON;
            case "tab", "table" -> OutputFormat.TABLE;
            default -> throw wrong(verb, "--output " + format + ": one of compact, dict, table, json, jsonpb");
        };
    }

    boolean policyNames() {
        return policyNames;
    }

    ResponsePrinter printer(Verb verb) {
        TimeFormat timeFormat = TimeFormat.of(time)
                .orElseThrow(() ->
                        wrong(verb, "--time-format " + time + ": one of " + String.join(", ", TimeFormat.labels())));
        OutputFormat output = format(verb);
        boolean paint = isPainted(verb) && output != OutputFormat.TABLE;
        PrintWriter err = verb.spec().commandLine().getErr();
        return new ResponsePrinter(
                output,
                new PrintOptions(timeFormat, nodeName, policyNames, numeric, paint),
                line -> verb.out().println(line),
                note -> {
                    err.println(note);
                    err.flush();
                });
    }

    private boolean isPainted(Verb verb) {
        return ColourChoice.of(color)
                .orElseThrow(() -> wrong(verb, "--color " + color + ": one of auto, always, never"))
                .isPainted(isTerminal(System.console()), System.getenv("NO_COLOR"));
    }

    private static boolean isTerminal(@Nullable Console console) {
        return console != null && console.isTerminal();
    }

    private static ParameterException wrong(Verb verb, String message) {
        return new ParameterException(verb.spec().commandLine(), message);
    }
}
