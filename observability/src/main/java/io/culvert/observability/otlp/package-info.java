// SPDX-License-Identifier: Apache-2.0
/// Flows sent to a collector of OpenTelemetry (OTLP), as records of logs.
@NullMarked
package io.culvert.observability.otlp;

import org.jspecify.annotations.NullMarked;
