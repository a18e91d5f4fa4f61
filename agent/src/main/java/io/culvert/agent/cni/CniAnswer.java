// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cni;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;

/// What the plugin says to the container runtime.
///
/// @param output for stdout: a result, an error, or nothing
record CniAnswer(boolean success, String output) {

    /// Codes of the CNI specification 1.1, section 5.
    enum Code {
        ENVIRONMENT(4),
        INPUT(6),
        CONFIGURATION(7),
        TRY_AGAIN_LATER(11);

        private final int number;

        Code(int number) {
            this.number = number;
        }
    }

    static final CniAnswer NOTHING = new CniAnswer(true, "");

    static CniAnswer error(String version, Code code, String message) {
        var error = JsonNodeFactory.instance
                .objectNode()
                .put("cniVersion", version)
                .put("code", code.number)
                .put("msg", message);
        return new CniAnswer(false, error + "\n");
    }

    /// As it goes to the plugin.
    byte[] toBytes() {
        return ((success ? "0" : "1") + output).getBytes(StandardCharsets.UTF_8);
    }
}
