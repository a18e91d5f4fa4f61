// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// Tests of what programs tell.
abstract class EventFixture extends PolicyPodsFixture {

    static EventLog log;

    @BeforeAll
    static void openLog() {
        log = new EventLog(pods.object());
    }

    @AfterAll
    static void closeLog() {
        log.close();
    }
}
