// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

/// The least that is logged.
public enum LogLevel {
    DEBUG,
    INFO,
    WARN,
    ERROR
}
