// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

/// What was asked does not fit the object: a name that it does not have, a value of another size, or no eBPF
/// object at all.
public final class InvalidObjectException extends BpfException {

    InvalidObjectException(String message) {
        super(message);
    }
}
