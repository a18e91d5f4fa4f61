// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.rows;

final class ServiceRowsTest extends WrittenPage {

    ServiceRowsTest() {
        super(RowPage.SERVICES, "docs/service-rows.md");
    }
}
