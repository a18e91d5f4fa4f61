// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LocalClientsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST:10249",
                "127.0.0.1",
                "127.0.0.1:10249",
                "127.8.9.1:80",
                "[::1]",
                "[::1]:10249"
            })
    void namesOfThisMachine(String host) {
        assertThat(LocalClients.isLocal(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "evil.example",
                "localhost.evil.example",
                "127.0.0.1.evil.example:10249",
                "10.0.0.1:10249",
                "[fd00::1]:10249",
                "[localhost",
                "0.0.0.0"
            })
    void otherNames(String host) {
        assertThat(LocalClients.isLocal(host)).isFalse();
    }
}
