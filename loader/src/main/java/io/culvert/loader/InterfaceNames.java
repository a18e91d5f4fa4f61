// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

/// Names interfaces in messages.
final class InterfaceNames {

    private InterfaceNames() {}

    /// The name, or the number of an interface that this network namespace does not have.
    static String of(int ifindex) {
        return Libc.interfaceName(ifindex).orElse("interface " + ifindex);
    }
}
