// SPDX-License-Identifier: Apache-2.0
/// What the agent sets on its machine beside the datapath, as kube-proxy does.
@NullMarked
package io.culvert.agent.host;

import org.jspecify.annotations.NullMarked;
