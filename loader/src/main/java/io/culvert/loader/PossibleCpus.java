// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

/// How many processors the machine may ever have, which is how many values an entry of a per-CPU map has.
public final class PossibleCpus {

    private PossibleCpus() {}

    /// At least 1; constant while the machine runs.
    public static int count() {
        return SystemCallException.check(Libbpf.possibleCpus(), "count processors");
    }
}
