// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.rows;

final class PolicyRowsTest extends WrittenPage {

    PolicyRowsTest() {
        super(RowPage.POLICIES, "docs/policy-rows.md");
    }
}
