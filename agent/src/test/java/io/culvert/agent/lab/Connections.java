// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import io.culvert.net.IpAddress;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Connections of a client to one address, one after the other, and how many of them each server was given.
record Connections(LabHost client, String address, int port) {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /// arguments: address, port, connections, whether they stay open until the end
    private static final String CONNECT = """
            import json, socket, sys, time
            kept, counts = [], {}
            for _ in range(int(sys.argv[3])):
                one = socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)
                one.sendall(b"who\\n")
                name = json.loads(one.makefile().readline())["server"]
                counts[name] = counts.get(name, 0) + 1
                kept.append(one) if sys.argv[4] == "keep" else one.close()
            print(*(f"{name}={count}" for name, count in sorted(counts.items())), flush=True)
            if kept: time.sleep(600)
            """;

    Connections(LabHost client, IpAddress address, int port) {
        this(client, address.toString(), port);
    }

    /// Each is closed before the next is made.
    Map<String, Integer> make(int count) {
        return counts(
                client.exec(command(count, "close").toArray(String[]::new)).orThrow());
    }

    /// They stay open until the process is killed.
    LabProcess hold(int count) {
        return client.start("holder", command(count, "keep")).awaitLine("=", PATIENCE);
    }

    /// What those were given that a process holds.
    static Map<String, Integer> of(LabProcess holder) {
        return counts(holder.log());
    }

    private List<String> command(int count, String then) {
        return List.of("python3", "-c", CONNECT, address, Integer.toString(port), Integer.toString(count), then);
    }

    private static Map<String, Integer> counts(String line) {
        Map<String, Integer> counts = new TreeMap<>();
        for (String word : line.strip().split(" ")) {
            String[] parts = word.split("=");
            counts.put(parts[0], Integer.parseInt(parts[1]));
        }
        return counts;
    }
}
