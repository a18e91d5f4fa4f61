// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import java.time.Duration;

/// What one update did.
///
/// @param written what was written for it
/// @param failing Services that are not as they should be, of this update or an earlier one; they are being retried
/// @param full whether every Service was looked at, and not only those that changed
/// @param took from the call to the last write
public record ApplyResult(WriteTotals written, int failing, boolean full, Duration took) {}
