// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.config.Setting;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentArgumentsTest {

    @Test
    void readsBothFormsOfAnOption() {
        assertThat(AgentArguments.plain("agent", "--node-name", "n1", "--log-level=debug", "--config", "/etc/c.yaml"))
                .contains(new AgentArguments(
                        Map.of(Setting.NODE_NAME, "n1", Setting.LOG_LEVEL, "debug"), Path.of("/etc/c.yaml"), false));
    }

    @Test
    void readsAValueWithAnEqualsSign() {
        assertThat(AgentArguments.plain("agent", "--api-server=https://host/?a=b"))
                .contains(new AgentArguments(Map.of(Setting.API_SERVER, "https://host/?a=b"), null, false));
    }

    @Test
    void knowsEverySetting() {
        for (Setting<?> setting : Setting.all()) {
            assertThat(AgentArguments.plain("agent", setting.option(), "x"))
                    .contains(new AgentArguments(Map.of(setting, "x"), null, false));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "status",
                "agent --help",
                "agent --debug",
                "agent --init-only",
                "agent --no-such x",
                "agent --node-name",
                "agent --node-name=",
                "agent --node-name a --node-name b",
                "agent --node-name --log-level",
                "agent --node-name @file",
                "agent @file",
                "agent word",
                "agent -- --node-name a"
            })
    void leavesEverythingElseToPicocli(String line) {
        assertThat(AgentArguments.plain(line.split(" "))).isEmpty();
    }
}
