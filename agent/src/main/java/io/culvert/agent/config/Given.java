// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

/// A value as it was written, and where: `agent.yaml:3`, `--node-name` or `CULVERT_NODE_NAME`.
record Given(String text, String origin) {}
