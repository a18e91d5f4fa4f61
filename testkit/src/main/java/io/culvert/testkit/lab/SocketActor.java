// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/// The Python program `sockets` on one lab host: sends it commands and hands back its replies. Commands of several
/// threads run side by side.
final class SocketActor {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> MODULES =
            List.of("__main__.py", "calls.py", "clients.py", "load.py", "raw.py", "reach.py", "servers.py");
    private static final Path SYSTEM_PYTHON = Path.of("/usr/bin/python3");

    private final LabHost host;
    private final Process process;
    private final Path errors;
    private final Writer commands;
    private final Map<Integer, CompletableFuture<JsonNode>> pending = new ConcurrentHashMap<>();
    private final AtomicInteger lastId = new AtomicInteger();

    SocketActor(LabHost host) {
        this.host = host;
        this.errors = host.lab().newLog(host.name() + "-sockets");
        String python = Files.isExecutable(SYSTEM_PYTHON) ? SYSTEM_PYTHON.toString() : "python3";
        String program = host.lab().socketsProgram().toString();
        try {
            process = host.lab()
                    .launch(host.builder(List.of(python, "-I", "-S", "-B", program, host.name()))
                            .redirectError(errors.toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(host + ": start " + python + "; apt-get install python3", e);
        }
        commands = process.outputWriter(StandardCharsets.UTF_8);
        Thread.ofVirtual().name("sockets of " + host).start(this::readReplies);
    }

    /// Writes the program, a directory that Python runs, to `directory`.
    static void unpack(Path directory) throws IOException {
        Files.createDirectories(directory);
        for (String module : MODULES) {
            try (InputStream source =
                    Objects.requireNonNull(SocketActor.class.getResourceAsStream("sockets/" + module), module)) {
                Files.copy(source, directory.resolve(module));
            }
        }
    }

    static ObjectNode command(String operation) {
        return JSON.createObjectNode().put("op", operation);
    }

    /// Runs one command to its reply.
    ///
    /// @param patience beyond what the command itself waits for
    /// @throws LabException if the program fails, as opposed to its sockets
    JsonNode call(ObjectNode command, Duration patience) {
        int id = lastId.incrementAndGet();
        CompletableFuture<JsonNode> reply = new CompletableFuture<>();
        pending.put(id, reply);
        try {
            synchronized (commands) {
                commands.write(JSON.writeValueAsString(command.put("id", id)) + "\n");
                commands.flush();
            }
            JsonNode node = reply.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (node.has("fault")) {
                throw new LabException(
                        host + ": " + command + ": " + node.get("fault").asText());
            }
            return node;
        } catch (IOException | ExecutionException e) {
            throw new LabException(host + ": the socket process ended\n" + readErrors(), e);
        } catch (TimeoutException e) {
            throw new LabException(host + ": no reply to " + command + "\n" + readErrors(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        } finally {
            pending.remove(id);
        }
    }

    private void readReplies() {
        try (BufferedReader replies = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = replies.readLine(); line != null; line = replies.readLine()) {
                JsonNode reply = parse(line);
                CompletableFuture<JsonNode> waiting =
                        pending.get(reply.path("id").asInt());
                if (waiting != null) {
                    waiting.complete(reply);
                }
            }
            failPending(new IOException("end of replies"));
        } catch (IOException e) {
            failPending(e);
        }
    }

    private void failPending(IOException cause) {
        pending.values().forEach(reply -> reply.completeExceptionally(cause));
    }

    private static JsonNode parse(String line) throws JsonProcessingException {
        return JSON.readTree(line);
    }

    private String readErrors() {
        try {
            return Files.readString(errors);
        } catch (IOException e) {
            return "(its log cannot be read: " + e.getMessage() + ")";
        }
    }
}
