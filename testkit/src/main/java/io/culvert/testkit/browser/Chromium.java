// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.browser;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Headless Chromium, a process with a profile of its own that goes with it.
public final class Chromium implements AutoCloseable {

    private static final List<Path> PLACES =
            List.of(Path.of("/usr/bin/chromium"), Path.of("/usr/bin/chromium-browser"));
    private static final Pattern LISTENING = Pattern.compile("DevTools listening on ws://([^/]+)/");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int LAST_LINES = 20;

    private final Process process;
    private final Path profile;
    private final String address;
    private final HttpClient client = HttpClient.newHttpClient();

    private Chromium(Process process, Path profile, String address) {
        this.process = process;
        this.profile = profile;
        this.address = address;
    }

    /// @throws BrowserException if there is none, or it does not start
    public static Chromium start() {
        Path program = PLACES.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new BrowserException("needs Chromium at " + PLACES.getFirst()
                        + ": sudo ./culvert test installs it (Debian: apt-get install chromium)"));
        try {
            Path profile = Files.createTempDirectory("culvert-chromium");
            Process process = new ProcessBuilder(
                            program.toString(),
                            "--headless",
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-quic",
                            "--disable-dev-shm-usage",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync",
                            "--no-first-run",
                            "--user-data-dir=" + profile,
                            "--remote-debugging-port=0",
                            "about:blank")
                    .redirectErrorStream(true)
                    .start();
            return new Chromium(process, profile, listening(process));
        } catch (IOException e) {
            throw new BrowserException("start " + program + ": " + e.getMessage(), e);
        }
    }

    /// Where it listens, as it says itself. What it says later is read and thrown away, so that it never waits for
    /// that.
    private static String listening(Process process) throws IOException {
        BufferedReader output = process.inputReader();
        Deque<String> last = new ArrayDeque<>();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher match = LISTENING.matcher(line);
            if (match.find()) {
                Thread.ofVirtual().start(() -> output.lines().forEach(_ -> {}));
                return match.group(1);
            }
            last.add(line);
            if (last.size() > LAST_LINES) {
                last.removeFirst();
            }
        }
        throw new BrowserException("Chromium ended at its start: " + String.join(" | ", last));
    }

    /// Opens a page in a tab of its own.
    public BrowserPage open(String url) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + "/json/new?about:blank"))
                    .PUT(BodyPublishers.noBody())
                    .timeout(PATIENCE)
                    .build();
            String answer = client.send(request, BodyHandlers.ofString()).body();
            String socket = new ObjectMapper()
                    .readTree(answer)
                    .get("webSocketDebuggerUrl")
                    .asText();
            BrowserPage page = new BrowserPage(DevTools.connect(client, URI.create(socket)));
            page.navigate(url);
            return page;
        } catch (IOException e) {
            throw new BrowserException("open " + url + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrowserException("open " + url + ": interrupted", e);
        }
    }

    @Override
    public void close() {
        client.close();
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        try {
            boolean _ = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(profile)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("remove " + profile, e);
        }
    }
}
