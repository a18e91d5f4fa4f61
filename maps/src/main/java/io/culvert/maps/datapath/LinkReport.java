// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import java.util.List;

/// What a look at all attachments found.
///
/// @param faults by name
/// @param remaining how many of them are left after the repair, if there was one
/// @param failures of the repair, a line each
public record LinkReport(List<LinkFault> faults, int remaining, List<String> failures) {}
