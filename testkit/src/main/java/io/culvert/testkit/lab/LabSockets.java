// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.culvert.net.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Real sockets in the namespace and the cgroup of one lab host, held by a process that is started with the first.
public final class LabSockets {

    /// What the socket process may take beyond the patience of its sockets.
    private static final Duration MARGIN = Duration.ofSeconds(10);

    private final LabHost host;
    private @Nullable SocketActor actor;

    LabSockets(LabHost host) {
        this.host = host;
    }

    /// A TCP and a UDP server on all addresses of both families.
    public void serve(int port) {
        serveTcp(port);
        serveUdp(port);
    }

    public LabServer serveTcp(int port) {
        return new LabServer(this, handle(SocketActor.command("tcp_serve").put("port", port)));
    }

    public LabServer serveUdp(int port) {
        return new LabServer(this, handle(SocketActor.command("udp_serve").put("port", port)));
    }

    /// Connects, exchanges one line, closes.
    public Outcome tcp(Dial dial) {
        return SocketReplies.outcome(call(command("tcp", dial).put("text", "tcp")));
    }

    public Outcome tcp(String address, int port) {
        return tcp(Dial.to(address, port));
    }

    public Outcome tcp(IpAddress address, int port) {
        return tcp(Dial.to(address, port));
    }

    /// Exchanges one datagram through a new socket that uses sendto(2).
    public Outcome udp(Dial dial) {
        return SocketReplies.outcome(
                call(command("udp", dial).put("text", "udp").put("connected", false)));
    }

    public Outcome udp(String address, int port) {
        return udp(Dial.to(address, port));
    }

    public Outcome udp(IpAddress address, int port) {
        return udp(Dial.to(address, port));
    }

    /// Exchanges one datagram through a new socket that uses connect(2) and send(2).
    public Outcome connectedUdp(Dial dial) {
        return SocketReplies.outcome(
                call(command("udp", dial).put("text", "udp").put("connected", true)));
    }

    /// @throws AssertionError if the connection cannot be made
    public TcpConnection openTcp(Dial dial) {
        return new TcpConnection(this, handle(command("tcp_open", dial)));
    }

    /// @param dial its host chooses the family; [UdpSocket#sendTo] says to whom each datagram goes
    public UdpSocket openUdp(Dial dial) {
        return new UdpSocket(this, handle(command("udp_open", dial).put("connected", false)));
    }

    /// @throws AssertionError if connect(2) fails
    public UdpSocket connectUdp(Dial dial) {
        return new UdpSocket(this, handle(command("udp_open", dial).put("connected", true)));
    }

    /// Starts `count` sockets, each of which asks again `interval` after it was answered.
    public Load load(LoadKind kind, Dial dial, int count, Duration interval) {
        ObjectNode command = command("load_start", dial)
                .put("kind", kind.wireName())
                .put("count", count)
                .put("interval", seconds(interval));
        return new Load(this, handle(command), dial.patience().plus(MARGIN));
    }

    /// Sends an IP packet past all socket hooks, and returns the Ethernet frames that come back to its source address.
    /// Checksums of frames from this machine may be unfinished (checksum offload of veth).
    ///
    /// @param packet from the IP header on
    /// @param count how many frames to wait for; fewer come back if `patience` runs out
    public List<byte[]> raw(byte[] packet, int count, Duration patience) {
        ObjectNode command = SocketActor.command("raw")
                .put("packet", HexFormat.of().formatHex(packet))
                .put("device", "eth0")
                .put("count", count)
                .put("patience", seconds(patience));
        return frames(command);
    }

    /// Sends IP packets past all socket hooks, one after the other, and waits for nothing.
    public void send(byte[]... packets) {
        ObjectNode command = SocketActor.command("send");
        ArrayNode list = command.putArray("packets");
        for (byte[] packet : packets) {
            list.add(HexFormat.of().formatHex(packet));
        }
        SocketReplies.ok(call(command));
    }

    /// Keeps what arrives from now on.
    public Capture capture() {
        return new Capture(this, handle(SocketActor.command("capture").put("device", "eth0")));
    }

    List<byte[]> captured(int handle) {
        return frames(SocketActor.command("captured").put("handle", handle));
    }

    private List<byte[]> frames(ObjectNode command) {
        List<byte[]> frames = new ArrayList<>();
        for (JsonNode frame : SocketReplies.ok(call(command)).get("frames")) {
            frames.add(HexFormat.of().parseHex(frame.asText()));
        }
        return frames;
    }

    /// Exchanges one line or datagram with each of many servers at the same time. It ends when all have answered, or
    /// none has for `quiet`.
    ///
    /// @return the names of the hosts that answered, in the order of the targets; empty where none did
    public List<Optional<String>> reach(List<ReachTarget> targets, Duration quiet) {
        ObjectNode command = SocketActor.command("reach").put("patience", seconds(quiet));
        ArrayNode list = command.putArray("targets");
        targets.forEach(target -> list.addArray()
                .add(target.protocol().name().toLowerCase(Locale.ROOT))
                .add(target.address().toString())
                .add(target.port()));
        List<Optional<String>> servers = new ArrayList<>();
        SocketReplies.ok(call(command))
                .get("servers")
                .forEach(server -> servers.add(server.isNull() ? Optional.empty() : Optional.of(server.asText())));
        return servers;
    }

    Outcome exchange(String operation, OpenSocket socket, String text) {
        return SocketReplies.outcome(call(
                SocketActor.command(operation).put("handle", socket.handle()).put("text", text)));
    }

    Outcome exchangeDatagram(UdpSocket socket, Dial to, String text) {
        return SocketReplies.outcome(
                call(command("udp_exchange", to).put("handle", socket.handle()).put("text", text)));
    }

    SocketName name(int handle, String systemCall) {
        JsonNode reply = SocketReplies.ok(
                call(SocketActor.command("name").put("handle", handle).put("call", systemCall)));
        return SocketReplies.socketName(reply.get("name"));
    }

    LoadReport loadReport(String operation, int handle, Duration patience) {
        JsonNode report =
                SocketReplies.ok(actor().call(SocketActor.command(operation).put("handle", handle), patience));
        List<Outcome.Failure> errors = new ArrayList<>();
        report.get("errors").forEach(error -> errors.add(SocketReplies.failure(error)));
        Map<String, Integer> servers = new LinkedHashMap<>();
        report.get("servers")
                .properties()
                .forEach(
                        server -> servers.put(server.getKey(), server.getValue().asInt()));
        return new LoadReport(
                report.get("rounds").asInt(),
                errors,
                SocketReplies.milliseconds(report.get("longestMs")),
                servers,
                report.get("changes").asInt());
    }

    void order(String operation, OpenSocket socket) {
        SocketReplies.ok(call(SocketActor.command(operation).put("handle", socket.handle())));
    }

    void close(int handle) {
        SocketReplies.ok(call(SocketActor.command("close").put("handle", handle)));
    }

    private int handle(ObjectNode command) {
        return SocketReplies.ok(call(command)).get("handle").asInt();
    }

    private JsonNode call(ObjectNode command) {
        Duration patience = Duration.ofMillis((long) (command.path("patience").asDouble() * 3000));
        return actor().call(command, patience.plus(MARGIN));
    }

    private synchronized SocketActor actor() {
        if (actor == null) {
            actor = new SocketActor(host);
        }
        return actor;
    }

    private static ObjectNode command(String operation, Dial dial) {
        ObjectNode command = SocketActor.command(operation)
                .put("host", dial.host())
                .put("port", dial.port())
                .put("patience", seconds(dial.patience()));
        String bindAddress = dial.bindAddress();
        if (bindAddress != null) {
            command.put("bind", bindAddress).put("bindPort", dial.bindPort());
        }
        return command;
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
