// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent;

import io.culvert.agent.config.LogLevel;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// Sets up what is logged, on stderr.
public final class Logging {

    /// Kept here because java.util.logging forgets the levels of loggers that nobody holds.
    private static final Logger ROOT = Logger.getLogger("");

    private static final Logger NETTY = Logger.getLogger("io.grpc.netty");

    private Logging() {}

    /// Verbs print results and errors; only what goes really wrong inside is logged.
    public static void forCommandLine() {
        set(Level.SEVERE);
    }

    public static void forAgent(LogLevel level) {
        set(
                switch (level) {
                    case DEBUG -> Level.FINE;
                    case INFO -> Level.INFO;
                    case WARN -> Level.WARNING;
                    case ERROR -> Level.SEVERE;
                });
    }

    private static void set(Level level) {
        LogManager.getLogManager().reset();
        ConsoleHandler console = new ConsoleHandler();
        console.setLevel(Level.ALL);
        console.setFormatter(new Lines());
        ROOT.addHandler(console);
        ROOT.setLevel(level);
        // Netty warns about a socket option that Unix sockets do not have.
        NETTY.setLevel(Level.SEVERE);
    }

    /// `2026-01-02T03:04:05.678Z INFO  Agent: message`, and a stack trace where one was given.
    private static final class Lines extends Formatter {

        @Override
        public String format(LogRecord log) {
            String logger = log.getLoggerName() == null ? "" : log.getLoggerName();
            StringBuilder line = new StringBuilder(160)
                    .append(Instant.ofEpochMilli(log.getMillis()).truncatedTo(ChronoUnit.MILLIS))
                    .append(' ')
                    .append("%-5s".formatted(name(log.getLevel())))
                    .append(' ')
                    .append(logger.substring(logger.lastIndexOf('.') + 1))
                    .append(": ")
                    .append(formatMessage(log))
                    .append('\n');
            for (Throwable cause = log.getThrown(); cause != null; cause = cause.getCause()) {
                line.append("  ").append(cause).append('\n');
                for (StackTraceElement element : cause.getStackTrace()) {
                    line.append("    at ").append(element).append('\n');
                }
            }
            return line.toString();
        }

        private static String name(Level level) {
            if (level.intValue() >= Level.SEVERE.intValue()) {
                return "ERROR";
            }
            if (level.intValue() >= Level.WARNING.intValue()) {
                return "WARN";
            }
            return level.intValue() >= Level.INFO.intValue() ? "INFO" : "DEBUG";
        }
    }
}
