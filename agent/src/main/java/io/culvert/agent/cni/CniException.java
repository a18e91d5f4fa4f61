// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cni;

import java.io.Serial;

/// A request that cannot be answered.
final class CniException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    private final CniAnswer.Code code;
    private final String message;

    CniException(CniAnswer.Code code, String message) {
        super(message);
        this.code = code;
        this.message = message;
    }

    CniAnswer toAnswer(String version) {
        return CniAnswer.error(version, code, message);
    }
}
