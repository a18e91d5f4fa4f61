// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.net.IpAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// A process that publishes, grows and reloads until it is killed: `CrashingWriter BPFFS CGROUP PORT`. It prints a
/// line when service 10.96.0.2 is there, and one for each further service.
final class CrashingWriter {

    private static final int SERVICES = 10_000;

    private CrashingWriter() {}

    public static void main(String[] arguments) {
        var config = DatapathConfig.of(Path.of(arguments[0]))
                .withEntries(Map.of("frontends", 4, "services", 4, "slots", 8, "backends", 8));
        int port = Integer.parseInt(arguments[2]);
        Datapath datapath = Datapath.open(config);
        datapath.attachSockets(Path.of(arguments[1]));
        for (int i = 1; i < SERVICES; i++) {
            String address = "10.96." + i / 250 + "." + (1 + i % 250);
            if (datapath.maps().frontends().get(TestExtents.tcp(address)).isPresent()) {
                continue;
            }
            TestExtents.publish(datapath, address, port, 1 + i % 4);
            System.out.println(address);
            if (i % 7 == 0) {
                datapath.configure(DatapathSettings.DEFAULT.withNodeAddresses(
                        Optional.of(IpAddress.ofV4(0x0a000000 + i)), Optional.empty()));
            }
        }
    }
}
