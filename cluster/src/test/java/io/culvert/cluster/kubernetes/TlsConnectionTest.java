// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Certificates work with the few classes of fabric8 that are on the class path. One self-signed certificate is the
/// server's, the authority's and the client's.
class TlsConnectionTest {

    private static final char[] PASSWORD = "password".toCharArray();
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir
    private Path temp;

    private KeyStore keys;
    private HttpsServer server;

    @BeforeEach
    void start() throws IOException, GeneralSecurityException, InterruptedException {
        Path file = temp.resolve("keys.p12");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-genkeypair", "-alias", "k", "-keyalg", "RSA", "-keysize", "2048"));
        command.addAll(List.of("-storetype", "PKCS12", "-keystore", file.toString(), "-storepass", "password"));
        command.addAll(List.of("-dname", "CN=agent", "-ext", "san=ip:127.0.0.1"));
        Process keytool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        keys = KeyStore.getInstance(file.toFile(), PASSWORD);
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, PASSWORD);
        authorities.setCertificateEntry("k", keys.getCertificate("k"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(authorities);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
        server.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters tls = context.getDefaultSSLParameters();
                tls.setNeedClientAuth(true);
                parameters.setSSLParameters(tls);
            }
        });
        server.createContext("/", exchange -> {
            try (exchange) {
                byte[] body = "{}".getBytes(US_ASCII);
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void authorityAndClientCertificateOfAKubeconfigAreUsed() throws IOException, GeneralSecurityException {
        String certificate = pem("CERTIFICATE", keys.getCertificate("k").getEncoded());
        String key = pem("PRIVATE KEY", keys.getKey("k", PASSWORD).getEncoded());

        try (ApiConnection connection = connect(certificate, key);
                InputStream body = connection.get("/", MINUTE, MINUTE)) {
            assertThat(new String(body.readAllBytes(), US_ASCII)).isEqualTo("{}");
        }
    }

    @Test
    void aServerOfAnotherAuthorityIsRefusedInOneLine() throws IOException, GeneralSecurityException {
        String key = pem("PRIVATE KEY", keys.getKey("k", PASSWORD).getEncoded());

        try (ApiConnection connection = connect("", key)) {
            assertThatThrownBy(() -> connection.get("/", MINUTE, MINUTE))
                    .isInstanceOf(ApiException.class)
                    .message()
                    .startsWith("TLS: ")
                    .doesNotContain("\n");
        }
    }

    @Test
    void aKeyThatCannotBeUsedIsRefusedInOneLine() {
        assertThatThrownBy(() -> connect("", pem("EC PRIVATE KEY", new byte[] {1, 2, 3})))
                .isInstanceOf(ApiException.class)
                .message()
                .startsWith("use the credentials: ")
                .doesNotContain("\n");
    }

    private ApiConnection connect(String authority, String key) throws IOException, GeneralSecurityException {
        Path file = Files.writeString(temp.resolve("config"), """
                apiVersion: v1
                kind: Config
                current-context: c
                contexts: [{name: c, context: {cluster: k, user: u}}]
                clusters: [{name: k, cluster: {server: "https://127.0.0.1:%d", certificate-authority-data: "%s"}}]
                users: [{name: u, user: {client-certificate-data: "%s", client-key-data: "%s"}}]
                """.formatted(
                        server.getAddress().getPort(),
                        base64(authority),
                        base64(pem("CERTIFICATE", keys.getCertificate("k").getEncoded())),
                        base64(key)));
        KubernetesConfig config = new KubernetesConfig(file, null, "n1", false);
        return ApiConnection.open(ClientConfig.of(config, Patience.DEFAULT, Map.of()), Patience.DEFAULT);
    }

    private static String pem(String type, byte[] bytes) {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(bytes);
        return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(US_ASCII));
    }
}
