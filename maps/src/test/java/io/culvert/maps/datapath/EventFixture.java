// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/// Tests of what programs tell.
abstract class EventFixture extends PolicyPodsFixture {

    static EventLog log;

    @BeforeAll
    static void openLog() {
        log = new EventLog(pods.object());
    }

    /// Tests run twice, with the same programs and within a moment.
    @BeforeEach
    void forgetTold() {
        pods.forgetTold();
    }

    @AfterAll
    static void closeLog() {
        log.close();
    }
}
