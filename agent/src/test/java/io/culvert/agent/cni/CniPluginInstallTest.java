// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cni;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CniPluginInstallTest {

    private static final int WRITERS = 8;
    private static final int TIMES = 20;

    @Test
    void agentsThatStartAtOncePutItThereOneAfterTheOther(@TempDir Path directory) throws Exception {
        Callable<Void> agent = () -> {
            for (int time = 0; time < TIMES; time++) {
                assertThat(CniPlugin.install(directory)).isExecutable();
            }
            return null;
        };
        try (ExecutorService agents = Executors.newFixedThreadPool(WRITERS)) {
            List<Future<Void>> ends = new ArrayList<>();
            for (int number = 0; number < WRITERS; number++) {
                ends.add(agents.submit(agent));
            }
            for (Future<Void> end : ends) {
                end.get();
            }
        }
        assertThat(files(directory)).containsExactly(directory.resolve(CniPlugin.NAME));
    }

    private static List<Path> files(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.toList();
        }
    }
}
