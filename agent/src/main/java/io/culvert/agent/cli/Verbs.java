// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import java.util.List;
import java.util.Set;
import picocli.CommandLine;

/// The verbs. Reading the annotations of all of them takes a good part of a run, so a run that names one only makes
/// that one.
final class Verbs {

    /// In the order of help.
    private static final List<String> NAMES = List.of(
            "agent",
            "status",
            "service",
            "backend",
            "conntrack",
            "nat",
            "affinity",
            "policy",
            "endpoint",
            "identity",
            "ipcache",
            "explain",
            "audit",
            "observe",
            "map",
            "features",
            "doctor",
            "compile",
            "cleanup",
            "version",
            "completion",
            "rehearse",
            "help");

    /// Verbs that look at the others.
    private static final Set<String> CURIOUS = Set.of("completion", "help");

    private Verbs() {}

    /// Adds the verb that `args` begin with, or all.
    static void add(CommandLine root, String... args) {
        boolean one = args.length > 0 && NAMES.contains(args[0]) && !CURIOUS.contains(args[0]);
        for (String name : one ? List.of(args[0]) : NAMES) {
            root.addSubcommand(name, verb(name));
        }
        CommandLine agent = root.getSubcommands().get("agent");
        if (agent != null) {
            AgentCommand.addSettings(agent.getCommandSpec());
        }
        CommandLine observe = root.getSubcommands().get("observe");
        if (observe != null) {
            ObserveCommand.addFlags(observe.getCommandSpec());
        }
    }

    /// Not a map of constructor references: JDK 25 crashes when it puts those of classes that extend picocli's, which
    /// are in an old class file format, into an AOT cache.
    private static Object verb(String name) {
        return switch (name) {
            case "agent" -> new AgentCommand();
            case "status" -> new StatusCommand();
            case "service" -> new ServiceCommand();
            case "backend" -> new BackendCommand();
            case "conntrack" -> new ConntrackCommand();
            case "nat" -> new NatCommand();
            case "affinity" -> new AffinityCommand();
            case "policy" -> new PolicyCommand();
            case "endpoint" -> new EndpointCommand();
            case "identity" -> new IdentityCommand();
            case "ipcache" -> new IpcacheCommand();
            case "explain" -> new ExplainCommand();
            case "audit" -> new AuditCommand();
            case "observe" -> new ObserveCommand();
            case "map" -> new MapCommand();
            case "features" -> new FeaturesCommand();
            case "doctor" -> new DoctorCommand();
            case "compile" -> new CompileCommand();
            case "cleanup" -> new CleanupCommand();
            case "version" -> new VersionCommand();
            case "completion" -> new CompletionCommand();
            case "rehearse" -> new RehearseCommand();
            case "help" -> new CommandLine.HelpCommand();
            default -> throw new IllegalArgumentException("no verb is called " + name);
        };
    }
}
