// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.otlp;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Takes logs over gRPC on loopback, and keeps them.
final class TestCollector extends LogsServiceGrpc.LogsServiceImplBase implements ServerInterceptor, AutoCloseable {

    private static final Metadata.Key<String> TOKEN =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final Server server;
    final List<ExportLogsServiceRequest> requests = new CopyOnWriteArrayList<>();
    final List<String> tokens = new CopyOnWriteArrayList<>();
    volatile boolean refuses;

    /// @param port 0: any
    TestCollector(int port, @Nullable SslContext tls) throws IOException {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .addService(this)
                .intercept(this);
        if (tls != null) {
            builder.sslContext(tls);
        }
        server = builder.build().start();
    }

    int port() {
        return server.getPort();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String token = headers.get(TOKEN);
        tokens.add(token == null ? "" : token);
        return next.startCall(call, headers);
    }

    @Override
    public void export(ExportLogsServiceRequest request, StreamObserver<ExportLogsServiceResponse> answer) {
        if (refuses) {
            answer.onError(Status.UNAVAILABLE.withDescription("full").asRuntimeException());
            return;
        }
        requests.add(request);
        answer.onNext(ExportLogsServiceResponse.getDefaultInstance());
        answer.onCompleted();
    }

    List<LogRecord> records() {
        return requests.stream()
                .flatMap(request -> request.getResourceLogsList().stream())
                .flatMap(logs -> logs.getScopeLogsList().stream())
                .flatMap(logs -> logs.getLogRecordsList().stream())
                .toList();
    }

    List<LogRecord> records(String event) {
        return records().stream()
                .filter(record -> record.getEventName().equals(event))
                .toList();
    }

    static Map<String, AnyValue> attributes(LogRecord record) {
        return record.getAttributesList().stream()
                .collect(Collectors.toMap(attribute -> attribute.getKey(), attribute -> attribute.getValue()));
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
