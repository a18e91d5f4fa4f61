// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.rows;

/// What a page of rows is about.
///
/// @param about what the rows are, and whose numbers they have where no list gave any
/// @param test that writes it
/// @param rows file below `docs/rows`: row, priority, behaviour
/// @param notes file below `docs/rows`: row, why nothing proves it
/// @param sections first letters of the rows that it has
record RowPage(String title, String about, String test, String rows, String notes, String sections) {

    static final RowPage SERVICES = new RowPage(
            "Service behaviour",
            "What a kube-proxy replacement must do, and what proves that Culvert does it.",
            "ServiceRowsTest",
            "services.tsv",
            "notes.tsv",
            "A");

    static final RowPage POLICIES =
            new RowPage("Policy behaviour", """
            What whoever enforces NetworkPolicy and ClusterNetworkPolicy must do, and what proves that Culvert does it.
            Numbers of D1 (fields of a ClusterNetworkPolicy) and D3 (upstream's conformance tests of it) are ours, in the order
            of the specification and of the suite, which have neither numbers nor priorities: P0 is what the standard channel has
            and what fails closed, P1 what is experimental or decides about no packet, P2 peers by domain name,
            which are experimental and have no conformance test.""", "PolicyRowsTest", "policies.tsv", "policy-notes.tsv", "CD");

    /// What the page begins with.
    String head() {
        return """
                # %s, row by row

                %s Written by `%s` from
                `docs/rows/%s`, `docs/rows/%s` and the names of the tests; do not edit. A test proves a row when its
                name begins with it, as in `A6_02_podsAreMasquerade...`. P0 is upstream conformance or security, P1 parity with
                others, P2 comfort. Explained: met by design, proved under another name, or different on purpose.

                """.formatted(title, about, test, rows, notes);
    }
}
