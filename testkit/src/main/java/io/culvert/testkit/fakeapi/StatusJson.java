// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.fakeapi;

/// The API's Status object.
final class StatusJson {

    private StatusJson() {}

    static String of(int code, String reason, String message) {
        return """
                {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",\
                "message":"%s","reason":"%s","code":%d}""".formatted(message, reason, code);
    }
}
