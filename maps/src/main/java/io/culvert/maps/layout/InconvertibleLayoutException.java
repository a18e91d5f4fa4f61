// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.layout;

/// Records of an earlier layout cannot become those of this one by the names of their numbers.
public final class InconvertibleLayoutException extends RuntimeException {

    public InconvertibleLayoutException(String reason) {
        super(reason);
    }
}
