// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/// One run of the command line in this process.
///
/// @param out what it printed on stdout
/// @param err on stderr
record CommandLineRun(int status, String out, String err) {

    static CommandLineRun of(String... args) {
        return of(CommandLines.create(args), args);
    }

    static CommandLineRun of(CommandLine line, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        int status = line.execute(args);
        return new CommandLineRun(status, out.toString(), err.toString());
    }
}
