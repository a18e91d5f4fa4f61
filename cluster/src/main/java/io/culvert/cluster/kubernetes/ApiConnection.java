// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.culvert.cluster.decode.InvalidObjectException;
import io.culvert.cluster.decode.JsonValues;
import io.culvert.cluster.decode.Value;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Requests to an API server, with the credentials of the configuration. May be used from any thread.
final class ApiConnection implements AutoCloseable {

    private static final JsonFactory JSON = new JsonFactory();
    private static final int LONGEST_REFUSAL = 64 << 10;

    private final HttpClient client;
    private final String url;
    private final Patience patience;
    private final String remedy;

    private ApiConnection(HttpClient client, String url, Patience patience, String remedy) {
        this.client = client;
        this.url = url;
        this.patience = patience;
        this.remedy = remedy;
    }

    /// Prepares requests; nothing is sent yet.
    ///
    /// @throws ApiException if keys or certificates cannot be used
    static ApiConnection open(Config config, Patience patience) throws ApiException {
        return open(config, patience, "it is asked again");
    }

    /// @param remedy what to do while the server does not answer
    static ApiConnection open(Config config, Patience patience, String remedy) throws ApiException {
        try {
            HttpClient client =
                    new JdkHttpClientFactory().newBuilder(config).preferHttp11().build();
            return new ApiConnection(client, config.getMasterUrl().replaceFirst("/+$", ""), patience, remedy);
        } catch (KubernetesClientException | IllegalArgumentException e) {
            throw new ApiException("use the credentials: " + Failures.reason(e));
        }
    }

    String url() {
        return url;
    }

    /// What to do while the server does not answer.
    String remedy() {
        return remedy;
    }

    /// Asks, and returns the body of a good answer, to be closed by the caller.
    ///
    /// @param path with query
    /// @param silence the longest wait within the body
    /// @param whole the longest time for the body
    InputStream get(String path, Duration silence, Duration whole) throws ApiException {
        return send(request(path).build(), new BodyStream(silence, whole));
    }

    /// Posts JSON; the answer's body does not matter.
    void post(String path, byte[] json) throws ApiException {
        HttpRequest request = request(path).post("application/json", json).build();
        send(request, new BodyStream(patience.answer(), patience.answer())).close();
    }

    /// Patches by server-side apply; the answer's body does not matter.
    void apply(String path, String json) throws ApiException {
        HttpRequest request =
                request(path).patch("application/apply-patch+yaml", json).build();
        send(request, new BodyStream(patience.answer(), patience.answer())).close();
    }

    @Override
    public void close() {
        client.close();
    }

    private HttpRequest.Builder request(String path) {
        return client.newHttpRequestBuilder()
                .uri(url + path)
                .header("Accept", "application/json")
                .timeout(patience.answer().toMillis(), TimeUnit.MILLISECONDS);
    }

    private BodyStream send(HttpRequest request, BodyStream body) throws ApiException {
        CompletableFuture<HttpResponse<AsyncBody>> answer = client.consumeBytes(request, body);
        try {
            HttpResponse<AsyncBody> response = answer.get(patience.answer().toMillis(), TimeUnit.MILLISECONDS);
            body.begin(response.body());
            if (!response.isSuccessful()) {
                throw refusal(response.code(), body);
            }
            requireJson(response, body);
            return body;
        } catch (ExecutionException | TimeoutException e) {
            // Should the headers still come, nobody is there to read the body.
            var _ = answer.thenAccept(late -> late.body().cancel());
            throw new ApiException(Failures.reason(e));
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new ApiException("interrupted");
        }
    }

    /// A login page of something in between comes with status 200 too.
    private static void requireJson(HttpResponse<AsyncBody> response, BodyStream body) throws ApiException {
        String type = response.header("Content-Type");
        if (type == null || !type.startsWith("application/json")) {
            body.close();
            throw new ApiException("the answer is " + type + ", not JSON");
        }
    }

    /// A refusal with the server's own words, where it has any.
    private static ApiException refusal(int status, BodyStream body) {
        String message = "";
        try (body;
                JsonParser parser = JSON.createParser(body.readNBytes(LONGEST_REFUSAL))) {
            parser.nextToken();
            if (new JsonValues(parser).read() instanceof Value.Mapping answer
                    && answer.entries().get("message") instanceof Value.Text text) {
                message = ": " + text.text().lines().findFirst().orElse("");
            }
        } catch (IOException | InvalidObjectException _) {
            // A proxy's page, or nothing: the number has to do.
        }
        return new ApiException(status, "the server answered " + status + message);
    }
}
