// SPDX-License-Identifier: Apache-2.0
/// The table of required behaviour and the tests that prove it.
@NullMarked
package io.culvert.agent.rows;

import org.jspecify.annotations.NullMarked;
