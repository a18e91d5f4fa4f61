// SPDX-License-Identifier: Apache-2.0
/// The flow table seen from user space: removing what has expired, and showing and flushing it for people.
@NullMarked
package io.culvert.servicelb.conntrack;

import org.jspecify.annotations.NullMarked;
