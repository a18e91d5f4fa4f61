// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.health;

/// A server that listens.
public interface HttpListener extends AutoCloseable {

    /// Where it listens, for a port that the kernel chose.
    int port();

    @Override
    void close();
}
