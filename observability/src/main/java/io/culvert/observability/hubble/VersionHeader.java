// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/// Says in each answer which version serves it: `hubble` warns of one that it does not fit.
record VersionHeader(String version) implements ServerInterceptor {

    static final Metadata.Key<String> KEY = Metadata.Key.of("hubble-server-version", Metadata.ASCII_STRING_MARSHALLER);

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        return next.startCall(
                new SimpleForwardingServerCall<>(call) {
                    @Override
                    public void sendHeaders(Metadata answer) {
                        answer.put(KEY, version);
                        super.sendHeaders(answer);
                    }
                },
                headers);
    }
}
