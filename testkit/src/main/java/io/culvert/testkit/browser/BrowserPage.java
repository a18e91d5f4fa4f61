// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.browser;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/// One tab.
public final class BrowserPage implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final DevTools tools;

    BrowserPage(DevTools tools) {
        this.tools = tools;
        tools.command("Runtime.enable", Map.of());
        tools.command("Page.enable", Map.of());
        tools.command("Log.enable", Map.of());
    }

    /// Goes there, and waits until it is loaded.
    public void navigate(String url) {
        JsonNode result = tools.command("Page.navigate", Map.of("url", url));
        if (result.has("errorText")) {
            throw new BrowserException(
                    "open " + url + ": " + result.get("errorText").asText());
        }
        await("document.readyState === 'complete' && location.href !== 'about:blank'");
    }

    /// What an expression is, as text.
    ///
    /// @throws BrowserException if it throws
    public String evaluate(String expression) {
        JsonNode result = tools.command(
                "Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
        if (result.has("exceptionDetails")) {
            throw new BrowserException(expression + ": " + result.get("exceptionDetails"));
        }
        return result.get("result").path("value").asText();
    }

    /// Waits until a condition holds in the page.
    public void await(String condition) {
        Awaitility.await(condition)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> evaluate("Boolean(" + condition + ")").equals("true"));
    }

    /// Presses and releases a key, by its name: `Enter`, `ArrowDown`, `/`.
    public void press(String key) {
        boolean printable = key.length() == 1;
        int code = switch (key) {
            case "Tab" -> 9;
            case "Enter" -> 13;
            case "Escape" -> 27;
            default -> 0;
        };
        String text = printable ? key : key.equals("Enter") ? "\r" : "";
        tools.command(
                "Input.dispatchKeyEvent",
                Map.of(
                        "type",
                        text.isEmpty() ? "rawKeyDown" : "keyDown",
                        "key",
                        key,
                        "text",
                        text,
                        "windowsVirtualKeyCode",
                        code));
        tools.command("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key, "windowsVirtualKeyCode", code));
    }

    /// Writes into what has the focus.
    public void type(String text) {
        tools.command("Input.insertText", Map.of("text", text));
    }

    /// Sets the size of the window, in CSS pixels.
    public void resize(int width, int height) {
        tools.command(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /// Sets what the page is told of the user's wishes, such as `prefers-color-scheme`.
    public void prefer(String feature, String value) {
        tools.command(
                "Emulation.setEmulatedMedia", Map.of("features", List.of(Map.of("name", feature, "value", value))));
    }

    /// Writes a picture of the window, as PNG.
    public void screenshot(Path file) {
        String data = tools.command("Page.captureScreenshot", Map.of("format", "png"))
                .get("data")
                .asText();
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, Base64.getDecoder().decode(data));
        } catch (IOException e) {
            throw new BrowserException("write " + file + ": " + e.getMessage(), e);
        }
    }

    /// What went wrong in the page so far: exceptions, and what the browser refused (a policy of content, a file).
    public List<String> complaints() {
        List<String> thrown = tools.events("Runtime.exceptionThrown").stream()
                .map(JsonNode::toString)
                .toList();
        List<String> logged = tools.events("Log.entryAdded").stream()
                .filter(entry -> entry.get("entry").get("level").asText().equals("error"))
                .map(JsonNode::toString)
                .toList();
        return Stream.concat(thrown.stream(), logged.stream()).toList();
    }

    @Override
    public void close() {
        tools.close();
    }
}
