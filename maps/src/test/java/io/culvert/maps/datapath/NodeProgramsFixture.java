// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/// The programs of one node, loaded once for all tests of a class, with tables that are empty before each.
abstract class NodeProgramsFixture {

    static NodePrograms node;

    @BeforeAll
    static void loadPrograms() {
        node = NodePrograms.load();
    }

    @BeforeEach
    void clearTables() {
        node.tables.clear();
    }

    @AfterAll
    static void closePrograms() {
        node.close();
    }
}
