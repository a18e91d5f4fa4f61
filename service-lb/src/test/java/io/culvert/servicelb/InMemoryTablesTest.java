// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

/// The tables that other tests use keep the contract.
class InMemoryTablesTest extends ServiceTablesContract {

    private final InMemoryTables tables = new InMemoryTables();

    @Override
    ServiceTables tables() {
        return tables;
    }

    @Override
    ServiceTables reopen() {
        tables.restart();
        return tables;
    }
}
