// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A process in a cgroup that connects to port 80 of a Service address over and over and reads a byte each time. It
/// reports each hundred connections, and every failure.
final class ConnectLoop implements AutoCloseable {

    private static final String CLIENT = """
            import socket, sys
            done = 0
            failures = 0
            while True:
                try:
                    s = socket.create_connection((sys.argv[1], 80), timeout=5)
                    if s.recv(1) != b'x': raise OSError('no answer')
                    s.close()
                except OSError as e:
                    failures += 1
                    print('failed after', done, 'connections:', e, flush=True)
                    if failures > 20: sys.exit(1)
                done += 1
                if done % 100 == 0: print('ok', done, flush=True)
            """;

    private final List<String> failures = new ArrayList<>();
    private final Process client;
    private final BufferedReader output;

    ConnectLoop(Path cgroup, String address) throws IOException {
        client = new ProcessBuilder(
                        "sh",
                        "-c",
                        "echo $$ > \"$0/cgroup.procs\"; exec python3 -c \"$1\" \"$2\"",
                        cgroup.toString(),
                        CLIENT,
                        address)
                .redirectErrorStream(true)
                .start();
        output = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
    }

    /// Waits for that many reports of a hundred connections.
    void progress(int reports) throws IOException {
        for (int seen = 0; seen < reports; ) {
            String line = output.readLine();
            if (line == null) {
                throw new AssertionError("the client ended: " + failures);
            }
            if (line.startsWith("ok")) {
                seen++;
            } else {
                failures.add(line);
            }
        }
    }

    /// What failed so far.
    List<String> failures() throws IOException {
        while (output.ready()) {
            String line = output.readLine();
            if (line != null && !line.startsWith("ok")) {
                failures.add(line);
            }
        }
        return failures;
    }

    @Override
    public void close() {
        client.destroyForcibly();
        client.onExit().join();
    }
}
