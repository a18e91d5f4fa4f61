// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.testkit.KernelTest;
import org.junit.jupiter.api.AutoClose;

/// The kernel's tables keep the contract.
@KernelTest
class DatapathTablesKernelTest extends ServiceTablesContract {

    @AutoClose
    private final PinnedDatapath pinned = new PinnedDatapath();

    @Override
    ServiceTables tables() {
        return pinned.tables();
    }

    @Override
    ServiceTables reopen() {
        pinned.reopen();
        return pinned.tables();
    }
}
