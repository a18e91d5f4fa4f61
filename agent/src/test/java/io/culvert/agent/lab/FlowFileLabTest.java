// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Lab;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `culvert status` says of an exporter to files.
@LabTest
class FlowFileLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private static Path directory;

    private static Lab lab;
    private static LabAgent agent;

    @BeforeAll
    static void create() {
        lab = ObservedLab.create(ObservedLab.DENIED);
        agent = new LabAgent(lab.node("n1"));
    }

    @AfterAll
    static void remove() {
        lab.close();
    }

    @AfterEach
    void stop() {
        assertThat(agent.terminate()).isZero();
    }

    private static void awaitStatus(String pattern) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(agent.verb("status")).containsPattern(pattern));
    }

    @Test
    void linesAreCounted() {
        Path file = directory.resolve("flows.log");
        agent.launch("--flow-export-path", file.toString()).awaitReady();
        awaitStatus("Flow file: +" + file + ", 0 lines written, 0 flows lost");

        ObservedLab.connect(lab, IpFamily.IPV4);

        awaitStatus("Flow file: +" + file + ", [1-9]\\d* lines written, 0 flows lost");
    }

    @Test
    void aFullDiskIsAProblem() {
        agent.launch("--flow-export-path", "/dev/full").awaitReady();
        awaitStatus("Flow file: +/dev/full, 0 lines written");

        ObservedLab.connect(lab, IpFamily.IPV4);

        awaitStatus(
                "(?s)Flow file: +/dev/full, 0 lines written, [1-9]\\d* flows lost.*warning: flow-export-path: export"
                        + " flows to /dev/full: No space left on device; tried again each second; make room, or ");
    }

    @Test
    void aFilterThatMeansNothingIsAProblem() {
        Path file = directory.resolve("none.log");
        agent.launch("--flow-export-path", file.toString(), "--flow-export-allow", "{\"source_ip\":[\"x\"]}")
                .awaitReady();

        awaitStatus("(?s)Flow file: +" + file + ", nothing is written.*error: flow-export-path: export flows to " + file
                + ": .*source_ip \"x\".*; nothing is exported until the agent starts with another setting");
        assertThat(file).doesNotExist();
    }
}
