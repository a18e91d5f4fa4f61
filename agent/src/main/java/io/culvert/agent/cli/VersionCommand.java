// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/// `culvert version`.
@Command(name = "version", description = "Show the version of this program, its Java and the kernel.")
final class VersionCommand extends Verb {

    @Override
    public Integer call() {
        var out = out();
        out.println("culvert " + Version.text());
        out.println("java    " + System.getProperty("java.version"));
        out.println("linux   " + System.getProperty("os.version") + " " + System.getProperty("os.arch"));
        out.flush();
        return ExitStatus.DONE;
    }

    /// For `culvert --version`.
    static final class Versions implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"culvert " + Version.text()};
        }
    }
}
