// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

/// The verifier refused a program. The message holds its last meaningful lines; [#log()] is all that it
/// wrote.
public final class VerifierException extends BpfException {

    private final String program;
    private final Errno errno;
    private final String log;

    VerifierException(String program, Errno errno, String log) {
        super("load " + program + ": rejected by the verifier: " + VerifierLog.summary(log) + ": " + errno);
        this.program = program;
        this.errno = errno;
        this.log = log;
    }

    /// Name of the program.
    public String program() {
        return program;
    }

    /// `EACCES` or `EINVAL` for most mistakes, `E2BIG` for a program too complex to verify.
    public Errno errno() {
        return errno;
    }

    /// The whole log of the verifier, lines as the kernel wrote them; it can have megabytes.
    public String log() {
        return log;
    }
}
