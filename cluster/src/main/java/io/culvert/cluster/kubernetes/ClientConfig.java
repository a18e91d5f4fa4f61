// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Finds the API server and the credentials. Nothing but what is named is looked at: no ~/.kube/config, no properties.
final class ClientConfig {

    private static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    private ClientConfig() {}

    static Config of(KubernetesConfig wanted, Patience patience, Map<String, String> environment) throws ApiException {
        Config config = wanted.kubeconfig() != null
                ? fromFile(wanted.kubeconfig())
                : fromServiceAccount(SERVICE_ACCOUNT, environment, wanted.apiServer() != null);
        if (wanted.apiServer() != null) {
            config.setMasterUrl(wanted.apiServer().toString());
        }
        // The followers have their own idea of when to try again.
        config.setRequestRetryBackoffLimit(0);
        config.setConnectionTimeout(Math.toIntExact(patience.answer().toMillis()));
        return config;
    }

    private static Config fromFile(Path file) throws ApiException {
        try {
            return Config.fromKubeconfig(file.toFile());
        } catch (KubernetesClientException | IllegalArgumentException e) {
            throw new ApiException("read " + file + ": " + Failures.reason(e));
        }
    }

    private static Config fromServiceAccount(Path directory, Map<String, String> environment, boolean addressed)
            throws ApiException {
        String host = environment.get("KUBERNETES_SERVICE_HOST");
        if (host == null && !addressed) {
            throw new ApiException("no API server is known; give --kubeconfig or --api-server");
        }
        ConfigBuilder config = new ConfigBuilder(Config.empty());
        if (host != null) {
            String literal = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
            config.withMasterUrl(
                    "https://" + literal + ":" + environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443"));
        }
        if (Files.exists(directory.resolve("ca.crt"))) {
            config.withCaCertFile(directory.resolve("ca.crt").toString());
        }
        if (Files.exists(directory.resolve("token"))) {
            config.withOauthTokenProvider(() -> token(directory.resolve("token")));
        }
        return config.build();
    }

    /// The token is exchanged under us every hour; requests that need it are rare.
    private static String token(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
