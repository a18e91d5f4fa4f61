// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

/// The libbpf of this machine.
public record LibbpfVersion(int major, int minor) {

    /// Loads the library, if that has not happened yet.
    ///
    /// @throws MissingLibraryException if it is not installed or lacks a function that Culvert needs
    public static LibbpfVersion installed() {
        return new LibbpfVersion(Libbpf.majorVersion(), Libbpf.minorVersion());
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
