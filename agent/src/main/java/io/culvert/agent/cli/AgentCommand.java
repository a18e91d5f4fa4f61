// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.config.Setting;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/// `culvert agent`. Its options are the settings, so that there is one list of them.
@Command(
        name = AgentArguments.VERB,
        description = {
            "Run the agent of this node until SIGTERM, which leaves the datapath running.",
            "Every option is also a key of the configuration file, and CULVERT_... in the environment."
        })
final class AgentCommand extends Verb {

    @Option(
            names = AgentArguments.CONFIG,
            paramLabel = "FILE",
            description = "YAML configuration, or a KubeProxyConfiguration; options and environment come first.")
    private @Nullable Path config;

    @Option(
            names = "--init-only",
            description = "Set the sysctls of the kernel's conntrack and exit, as kube-proxy's option of that name.")
    private boolean initOnly;

    /// Adds an option for each setting.
    static void addSettings(CommandSpec agent) {
        for (Setting<?> setting : Setting.all()) {
            String defaults = setting.defaultText().isEmpty() ? "" : " (default " + setting.defaultText() + ")";
            agent.addOption(OptionSpec.builder(setting.option())
                    .paramLabel(setting.type().parameter())
                    .type(String.class)
                    .description(setting.meaning() + defaults + ".")
                    .build());
        }
    }

    @Override
    public Integer call() {
        return AgentRun.run(new AgentArguments(options(), config, initOnly), out());
    }

    private Map<Setting<?>, String> options() {
        Map<Setting<?>, String> options = new HashMap<>();
        for (Setting<?> setting : Setting.all()) {
            String value = spec().commandLine().getParseResult().matchedOptionValue(setting.option(), null);
            if (value != null) {
                options.put(setting, value);
            }
        }
        return options;
    }
}
