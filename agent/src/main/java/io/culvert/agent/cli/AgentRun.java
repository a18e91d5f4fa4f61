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
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The agent as a process: from its arguments to SIGTERM.
public final class AgentRun {

    private static final Logger LOG = LoggerFactory.getLogger(AgentRun.class);

    private AgentRun() {}

    /// Runs an agent that plain arguments ask for. What goes wrong is told as for every other verb.
    ///
    /// @return exit status
    public static int main(AgentArguments arguments) {
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        try {
            return run(arguments, new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        } catch (RuntimeException e) {
            return FailureLines.print(e, err);
        }
    }

    static int run(AgentArguments arguments, PrintWriter out) {
        Map<String, String> environment = System.getenv();
        ConfigFile file = arguments.config() == null ? ConfigFile.NONE : ConfigFile.read(arguments.config());
        Settings settings = Settings.resolve(arguments.options(), environment, file);
        Logging.forAgent(settings.get(Setting.LOG_LEVEL));
        file.imported().forEach(AgentRun::report);
        if (arguments.initOnly()) {
            KernelConntrack.ofThisMachine().apply(settings);
            return ExitStatus.DONE;
        }
        Agent agent = Agent.start(settings, NodeName.of(settings, environment), new LiveMachine());
        // Not before: an agent that is refused must not change the machine.
        OomScore.apply(settings);
        KernelConntrack.ofThisMachine().apply(settings);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(agent, stopped), "stop"));
        var _ = agent.ready().thenAccept(readiness -> announce(readiness, out));
        await(stopped);
        return ExitStatus.DONE;
    }

    private static void report(ImportedField field) {
        if (field.fate() == ImportedField.Fate.WARNING) {
            LOG.warn("{}", field);
        } else {
            LOG.info("{}", field);
        }
    }

    private static void announce(Readiness readiness, PrintWriter out) {
        out.println(readiness);
        out.flush();
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
