// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.observe;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLException;

/// Connections to somebody who serves the Hubble API, each with one thread.
public final class Channels {

    /// A flow with all its labels is a few KiB.
    private static final int LARGEST = 16 << 20;

    private Channels() {}

    /// Opens one, which connects when it is used.
    ///
    /// @throws UnansweredException if the certificates cannot be used
    public static ManagedChannel open(ObserverAddress address, ClientTls tls) {
        NettyChannelBuilder builder = address.socket() != null
                ? NettyChannelBuilder.forAddress(
                                new DomainSocketAddress(address.socket().toFile()))
                        .channelType(EpollDomainSocketChannel.class)
                        .overrideAuthority("localhost")
                : NettyChannelBuilder.forAddress(address.host(), address.port()).channelType(EpollSocketChannel.class);
        if (address.tls()) {
            builder.sslContext(context(tls));
            if (tls.serverName() != null) {
                builder.overrideAuthority(tls.serverName());
            }
        } else {
            builder.usePlaintext();
        }
        return builder.eventLoopGroup(new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory("observe", true), EpollIoHandler.newFactory()))
                .maxInboundMessageSize(LARGEST)
                .build();
    }

    private static SslContext context(ClientTls tls) {
        SslContextBuilder context = GrpcSslContexts.forClient();
        if (tls.insecure()) {
            context.trustManager(InsecureTrustManagerFactory.INSTANCE);
        } else if (!tls.authorities().isEmpty()) {
            context.trustManager(new ByteArrayInputStream(all(tls)));
        }
        try {
            if (tls.certificate() != null && tls.key() != null) {
                context.keyManager(
                        new ByteArrayInputStream(read(tls.certificate())), new ByteArrayInputStream(read(tls.key())));
            }
            return context.build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new UnansweredException(
                    "use the certificates of " + tls.authorities() + ", " + tls.certificate() + " and " + tls.key()
                            + ": " + e.getMessage() + "; they are PEM files, and the key is PKCS#8",
                    false);
        }
    }

    private static byte[] all(ClientTls tls) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Path file : tls.authorities()) {
            all.writeBytes(read(file));
            all.write('\n');
        }
        return all.toByteArray();
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UnansweredException(
                    "read " + file + ": " + e.getMessage() + "; name a PEM file that can be read", false);
        }
    }
}
