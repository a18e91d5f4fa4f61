// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.otlp;

/// How a collector is spoken to: the names of the OpenTelemetry protocol.
public enum OtlpProtocol {
    GRPC,
    /// `http/protobuf`
    HTTP
}
