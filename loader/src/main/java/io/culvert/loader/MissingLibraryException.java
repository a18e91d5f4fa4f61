// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

/// libbpf is not installed, or too old to have a function that Culvert cannot do without.
public final class MissingLibraryException extends BpfException {

    MissingLibraryException(String message) {
        super(message);
    }
}
