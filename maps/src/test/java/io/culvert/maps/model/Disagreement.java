// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

/// A program did what the model does not allow.
final class Disagreement extends AssertionError {

    Disagreement(String message) {
        super(message);
    }
}
