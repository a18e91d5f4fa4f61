// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

/// Names interfaces in messages.
public final class InterfaceNames {

    private InterfaceNames() {}

    /// Whether this network namespace has an interface of this index.
    public static boolean exists(int ifindex) {
        return Libc.interfaceName(ifindex).isPresent();
    }

    /// The name, or the number of an interface that this network namespace does not have.
    static String of(int ifindex) {
        return Libc.interfaceName(ifindex).orElse("interface " + ifindex);
    }
}
