// SPDX-License-Identifier: Apache-2.0

/// A page to look at: who talks to whom on this node, live. docs/page.md describes it.
@NullMarked
package io.culvert.agent.page;

import org.jspecify.annotations.NullMarked;
