// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

/// An operation on the BPF subsystem failed. The message is one line that can be shown to a user as it is:
/// operation, object, reason with the errno name, remedy.
public abstract sealed class BpfException extends RuntimeException
        permits SystemCallException,
                VerifierException,
                UnsupportedFeatureException,
                InvalidObjectException,
                MissingLibraryException {

    BpfException(String message) {
        super(message);
    }
}
