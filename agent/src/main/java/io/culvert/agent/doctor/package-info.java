// SPDX-License-Identifier: Apache-2.0
/// What must be true of a machine for Culvert to work on it, and how to make it so.
@NullMarked
package io.culvert.agent.doctor;

import org.jspecify.annotations.NullMarked;
