// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The load generator of src/main/c/load.c, compiled on this machine.
record LoadProgram(Path program) {

    private static final Duration SLACK = Duration.ofSeconds(20);

    /// Longer than any measurement, so that what is forgotten ends nevertheless.
    private static final double ENDLESS_SECONDS = 3_600;

    /// Compiles it into `directory`.
    static LoadProgram compile(Path source, Path directory) throws IOException, InterruptedException {
        Path program = directory.resolve("load");
        Process compiler = new ProcessBuilder(
                        "cc", "-O2", "-Wall", "-Wextra", "-pthread", source.toString(), "-o", program.toString())
                .inheritIO()
                .start();
        if (!compiler.waitFor(1, TimeUnit.MINUTES) || compiler.exitValue() != 0) {
            throw new IOException("compile " + source + ": cc failed; install it: apt install gcc libc6-dev");
        }
        return new LoadProgram(program);
    }

    LabProcess serve(LabHost host, int port) {
        return host.start("load-server", List.of(program.toString(), "serve", Integer.toString(port)))
                .awaitLine("listening", SLACK);
    }

    /// What became of connections at a rate.
    ///
    /// @param answered connections that got their answer
    /// @param longestMillis of one connection, from its start to its answer
    record Paced(long answered, double seconds, long failed, double longestMillis) {}

    /// Begins connections at `rate` a second.
    LabProcess startPaced(LabHost client, double seconds, String address, int port, int rate) {
        return client.start(
                "load-paced",
                List.of(
                        program.toString(),
                        "paced",
                        Double.toString(seconds),
                        address,
                        Integer.toString(port),
                        Integer.toString(rate)));
    }

    /// The end of what [#startPaced] began.
    static Paced awaitPaced(LabProcess process, double seconds) {
        int status =
                process.awaitExit(Duration.ofMillis((long) (seconds * 1000)).plus(SLACK));
        String[] result = process.log().trim().split(" ");
        if (status != 0 || result.length != 4) {
            throw new IllegalStateException("load paced ended with status " + status + ": " + process.log());
        }
        return new Paced(
                Long.parseLong(result[0]),
                Double.parseDouble(result[1]),
                Long.parseLong(result[2]),
                Double.parseDouble(result[3]));
    }

    /// Operations a second.
    ///
    /// @param mode `connect`, or that of a [LoadMode]
    /// @param targets address, port, address, port, ...
    double run(LabHost client, String mode, double seconds, List<String> targets) {
        LabProcess process = start(client, mode, seconds, targets);
        return rate(
                process,
                process.awaitExit(Duration.ofMillis((long) (seconds * 1000)).plus(SLACK)));
    }

    /// Begins what [#run] does as a whole, to go on until [#stop].
    LabProcess startEndless(LabHost client, String mode, List<String> targets) {
        return start(client, mode, ENDLESS_SECONDS, targets);
    }

    /// Ends it.
    static double stop(LabProcess endless) {
        return rate(endless, endless.terminate(SLACK));
    }

    private LabProcess start(LabHost client, String mode, double seconds, List<String> targets) {
        List<String> command = new ArrayList<>(List.of(program.toString(), mode, Double.toString(seconds)));
        command.addAll(targets);
        return client.start("load-" + mode, command);
    }

    private static double rate(LabProcess process, int status) {
        String[] result = process.log().trim().split(" ");
        if (status != 0 || result.length != 3 || !result[2].equals("0")) {
            throw new IllegalStateException(process.name() + " ended with status " + status + ": " + process.log());
        }
        return Long.parseLong(result[0]) / Double.parseDouble(result[1]);
    }
}
