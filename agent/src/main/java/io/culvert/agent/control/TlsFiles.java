// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.CertificateUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;

/// Certificate, key and the authority of clients, from files that others renew. Connections that are there keep what
/// they were made with.
public final class TlsFiles {

    /// @param certificate of this node, PEM, with its chain
    /// @param key PKCS #8, PEM
    /// @param clientCa whoever is let in has a certificate of one of these
    public record Paths(Path certificate, Path key, Path clientCa) {}

    private final Paths paths;
    private final AdvancedTlsX509KeyManager key = new AdvancedTlsX509KeyManager();
    private final AdvancedTlsX509TrustManager clients;
    private List<Object> seen = List.of();

    /// Reads the files.
    ///
    /// @throws IOException one line that names the file, if one cannot be read or is not what it should be
    public TlsFiles(Paths paths) throws IOException {
        this.paths = paths;
        try {
            clients = AdvancedTlsX509TrustManager.newBuilder()
                    .setVerification(AdvancedTlsX509TrustManager.Verification.CERTIFICATE_ONLY_VERIFICATION)
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IOException("use TLS: " + e.getMessage(), e);
        }
        reload();
    }

    /// Reads them again if they are others than the last time. What cannot be used changes nothing.
    ///
    /// @return whether they were
    /// @throws IOException as the constructor; the same files are not tried again
    public boolean reload() throws IOException {
        List<Object> now = new ArrayList<>();
        for (Path path : List.of(paths.certificate, paths.key, paths.clientCa)) {
            now.add(stamp(path));
        }
        if (now.equals(seen)) {
            return false;
        }
        seen = now;
        X509Certificate[] chain = certificates(paths.certificate);
        PrivateKey secret = secret();
        X509Certificate[] authorities = certificates(paths.clientCa);
        requirePair(chain[0], secret);
        try {
            clients.updateTrustCredentials(authorities);
            key.updateIdentityCredentials(chain, secret);
        } catch (GeneralSecurityException e) {
            throw unusable(paths.clientCa, e);
        }
        return true;
    }

    /// What changes when a file does, also when a link in its path is set to another directory.
    private static Object stamp(Path path) throws IOException {
        try {
            return List.of(path.toRealPath(), Files.getLastModifiedTime(path), Files.size(path));
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static X509Certificate[] certificates(Path path) throws IOException {
        try (InputStream file = Files.newInputStream(path)) {
            X509Certificate[] found = CertificateUtils.getX509Certificates(file);
            if (found.length == 0) {
                throw new IOException("read " + path + ": no certificate is in it; write PEM");
            }
            return found;
        } catch (GeneralSecurityException e) {
            throw unusable(path, e);
        }
    }

    private PrivateKey secret() throws IOException {
        try (InputStream file = Files.newInputStream(paths.key)) {
            return CertificateUtils.getPrivateKey(file);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(
                    "read " + paths.key + ": no private key of PKCS #8 is in it; write PEM (BEGIN PRIVATE KEY)", e);
        }
    }

    private void requirePair(X509Certificate certificate, PrivateKey secret) throws IOException {
        try {
            String algorithm = secret.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(secret);
            byte[] signature = signer.sign();
            signer.initVerify(certificate.getPublicKey());
            if (signer.verify(signature)) {
                return;
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(mismatch(), e);
        }
        throw new IOException(mismatch());
    }

    private String mismatch() {
        return "use " + paths.certificate + ": it is not the certificate of " + paths.key;
    }

    private static IOException unreadable(Path path, IOException e) {
        return new IOException(
                "read " + path + ": "
                        + (e instanceof NoSuchFileException ? "No such file or directory (ENOENT)" : e.toString()),
                e);
    }

    private static IOException unusable(Path path, Exception e) {
        return new IOException("read " + path + ": " + e.getMessage(), e);
    }

    /// For a server that lets nobody in without a certificate. It uses what was read last.
    SslContext context() throws SSLException {
        return GrpcSslContexts.configure(
                        SslContextBuilder.forServer(key).trustManager(clients).clientAuth(ClientAuth.REQUIRE),
                        SslProvider.JDK)
                .build();
    }
}
