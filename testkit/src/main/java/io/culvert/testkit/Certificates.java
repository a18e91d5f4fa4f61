// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// An authority and what it signed, made with the JDK's keytool, as PEM.
public final class Certificates {

    private static final String PASSWORD = "password";

    private final Path store;

    /// Makes an authority, `ca`.
    ///
    /// @param store a file that is made
    public Certificates(Path store) {
        this.store = store;
        keytool("-alias", "ca", "-dname", "CN=ca", "-ext", "bc:c");
    }

    /// Makes a certificate and its key.
    ///
    /// @param name of the host that it is for
    public Certificates sign(String alias, String name) {
        keytool("-alias", alias, "-dname", "CN=" + name, "-ext", "san=dns:" + name, "-signer", "ca");
        return this;
    }

    private void keytool(String... words) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD,
                "-storetype",
                "PKCS12"));
        command.addAll(List.of(words));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(output);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Writes a certificate; other files keep what they have.
    public Path certificate(String alias, Path file) {
        try {
            Certificate certificate = Objects.requireNonNull(read().getCertificate(alias));
            return pem("CERTIFICATE", certificate.getEncoded(), file);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Writes the key of a certificate, PKCS #8.
    public Path key(String alias, Path file) {
        try {
            Key key = Objects.requireNonNull(read().getKey(alias, PASSWORD.toCharArray()));
            return pem("PRIVATE KEY", key.getEncoded(), file);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// For a server that shows a certificate, and trusts what the authority signed.
    public SSLContext context(String alias) {
        char[] password = PASSWORD.toCharArray();
        try {
            KeyStore all = read();
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, password);
            own.setKeyEntry(alias, all.getKey(alias, password), password, all.getCertificateChain(alias));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, password);
            KeyStore authority = KeyStore.getInstance("PKCS12");
            authority.load(null, password);
            authority.setCertificateEntry("ca", all.getCertificate("ca"));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(authority);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private KeyStore read() throws GeneralSecurityException {
        try (InputStream file = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(file, PASSWORD.toCharArray());
            return keys;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Path pem(String what, byte[] bytes, Path file) {
        String text = "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + what + "-----\n";
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
