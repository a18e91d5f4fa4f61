// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.Logging;
import io.culvert.agent.config.ConfigFile;
import io.culvert.agent.config.ImportedField;
import io.culvert.agent.config.NodeName;
import io.culvert.agent.config.Setting;
import io.culvert.agent.config.Settings;
import io.culvert.agent.doctor.LiveMachine;
import io.culvert.agent.host.KernelConntrack;
import io.culvert.agent.host.OomScore;
import io.culvert.agent.lifecycle.Agent;
import io.culvert.agent.lifecycle.Readiness;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/// `culvert agent`. Its options are the settings, so that there is one list of them.
@Command(
        name = "agent",
        description = {
            "Run the agent of this node until SIGTERM, which leaves the datapath running.",
            "Every option is also a key of the configuration file, and CULVERT_... in the environment."
        })
final class AgentCommand extends Verb {

    private static final Logger LOG = LoggerFactory.getLogger(AgentCommand.class);

    @Option(
            names = "--config",
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
            String later = setting.isUsed() ? "" : "; not used yet";
            agent.addOption(OptionSpec.builder(setting.option())
                    .paramLabel(setting.type().parameter())
                    .type(String.class)
                    .description(setting.meaning() + defaults + later + ".")
                    .build());
        }
    }

    @Override
    public Integer call() {
        Map<String, String> environment = System.getenv();
        ConfigFile file = config == null ? ConfigFile.NONE : ConfigFile.read(config);
        Settings settings = Settings.resolve(options(), environment, file);
        Logging.forAgent(settings.get(Setting.LOG_LEVEL));
        file.imported().forEach(AgentCommand::report);
        if (initOnly) {
            KernelConntrack.ofThisMachine().apply(settings);
            return ExitStatus.DONE;
        }
        Agent agent = Agent.start(settings, NodeName.of(settings, environment), new LiveMachine());
        // Not before: an agent that is refused must not change the machine.
        OomScore.apply(settings);
        KernelConntrack.ofThisMachine().apply(settings);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(agent, stopped), "stop"));
        var _ = agent.ready().thenAccept(this::announce);
        await(stopped);
        return ExitStatus.DONE;
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

    private static void report(ImportedField field) {
        if (field.fate() == ImportedField.Fate.WARNING) {
            LOG.warn("{}", field);
        } else {
            LOG.info("{}", field);
        }
    }

    private void announce(Readiness readiness) {
        out().println(readiness);
        out().flush();
    }

    /// A signal that is obeyed is no failure: without this the JVM would end with status 143.
    private static void stop(Agent agent, CountDownLatch stopped) {
        agent.close();
        stopped.countDown();
        Runtime.getRuntime().halt(ExitStatus.DONE);
    }

    private static void await(CountDownLatch stopped) {
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
