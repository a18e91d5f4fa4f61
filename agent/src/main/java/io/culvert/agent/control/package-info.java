// SPDX-License-Identifier: Apache-2.0
/// The control API between the command line and the agent: gRPC over a Unix socket.
@NullMarked
package io.culvert.agent.control;

import org.jspecify.annotations.NullMarked;
