// SPDX-License-Identifier: Apache-2.0
/// The run that the build makes to fill the AOT cache (JEP 514).
@NullMarked
package io.culvert.agent.rehearsal;

import org.jspecify.annotations.NullMarked;
