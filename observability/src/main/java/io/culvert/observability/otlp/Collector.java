// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.otlp;

import io.culvert.observability.observe.Channels;
import io.culvert.observability.observe.ClientTls;
import io.culvert.observability.observe.ObserverAddress;
import io.grpc.ManagedChannel;
import io.opentelemetry.exporter.internal.FailedExportException.GrpcExportException;
import io.opentelemetry.exporter.internal.FailedExportException.HttpExportException;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporterBuilder;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Who takes logs: the exporter of OpenTelemetry with what it sends by. gRPC goes by the channels that Culvert has
/// already, HTTP by the JDK's client.
final class Collector implements AutoCloseable {

    private static final int GRPC_PORT = 4317;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /// Its exporters log each failure with a stack trace; whoever calls says it in a line. Held, or the level is
    /// forgotten.
    private static final Logger THEIRS = Logger.getLogger("io.opentelemetry");

    private final LogRecordExporter exporter;
    private final @Nullable ManagedChannel channel;

    private Collector(LogRecordExporter exporter, @Nullable ManagedChannel channel) {
        this.exporter = exporter;
        this.channel = channel;
    }

    /// Connects to nobody yet.
    ///
    /// @throws RuntimeException if files of TLS cannot be used
    static Collector of(OtlpPlan plan) {
        THEIRS.setLevel(Level.OFF);
        return switch (plan.protocol()) {
            case GRPC -> grpc(plan);
            case HTTP -> new Collector(http(plan), null);
        };
    }

    // The exporter's own channel has no TLS but that of the machine's authorities.
    @SuppressWarnings("deprecation")
    private static Collector grpc(OtlpPlan plan) {
        int port = plan.endpoint().getPort() < 0 ? GRPC_PORT : plan.endpoint().getPort();
        ManagedChannel channel = Channels.open(
                new ObserverAddress(null, plan.endpoint().getHost(), port, plan.isEncrypted()),
                new ClientTls(
                        plan.authority().map(List::of).orElse(List.of()),
                        plan.certificate().orElse(null),
                        plan.key().orElse(null),
                        null,
                        false));
        return new Collector(
                OtlpGrpcLogRecordExporter.builder()
                        .setChannel(channel)
                        .setTimeout(TIMEOUT)
                        .setRetryPolicy(null)
                        .setHeaders(plan::headers)
                        .build(),
                channel);
    }

    private static LogRecordExporter http(OtlpPlan plan) {
        OtlpHttpLogRecordExporterBuilder builder = OtlpHttpLogRecordExporter.builder()
                .setEndpoint(plan.url())
                .setTimeout(TIMEOUT)
                .setRetryPolicy(null)
                .setHeaders(plan::headers);
        plan.authority().ifPresent(file -> builder.setTrustedCertificates(read(file)));
        plan.certificate()
                .ifPresent(file -> builder.setClientTls(read(plan.key().orElse(file)), read(file)));
        return builder.build();
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException("read " + file + ": " + e.getMessage(), e);
        }
    }

    /// Sends records and waits until they are taken, for some seconds.
    ///
    /// @return why they were not
    Optional<String> send(Collection<LogRecordData> records) {
        CompletableResultCode result = exporter.export(records).join(2 * TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        if (result.isSuccess()) {
            return Optional.empty();
        }
        return Optional.of(reason(result.getFailureThrowable()));
    }

    private static String reason(@Nullable Throwable failure) {
        if (failure instanceof GrpcExportException grpc && grpc.getResponse() != null) {
            return grpc.getResponse().getStatusCode() + " " + grpc.getResponse().getStatusDescription();
        }
        if (failure instanceof HttpExportException http && http.getResponse() != null) {
            return "HTTP status " + http.getResponse().getStatusCode();
        }
        Throwable root = failure;
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        return root == null ? "no answer" : root.toString();
    }

    @Override
    public void close() {
        var _ = exporter.shutdown().join(1, TimeUnit.SECONDS);
        if (channel != null) {
            var _ = channel.shutdownNow();
        }
    }
}
