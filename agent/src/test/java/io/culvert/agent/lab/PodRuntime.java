// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import io.culvert.net.IpAddress;
import io.culvert.testkit.lab.LabNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/// What a container runtime asks the agent of a node, as the chained plugin passes it on. An `ADD` that is answered
/// is the moment from which the agent vouches for a pod's policies.
record PodRuntime(LabNode node) {

    /// A pod as the plugins before have connected it.
    ///
    /// @param container the runtime's name for it
    /// @param device on the node
    record Sandbox(
            String container, String namespace, String pod, String uid, String device, List<IpAddress> addresses) {}

    /// Asks whether a pod may start, and waits for the answer.
    ///
    /// @throws IllegalStateException with the answer, if it may not
    void add(Sandbox sandbox) {
        String ips = sandbox.addresses().stream()
                .map(address ->
                        "{\"address\":\"" + address + "/" + address.family().bits() + "\"}")
                .collect(Collectors.joining(","));
        String answer = ask("""
                CNI_COMMAND=ADD
                CNI_CONTAINERID=%s
                CNI_ARGS=K8S_POD_NAMESPACE=%s;K8S_POD_NAME=%s;K8S_POD_UID=%s

                {"cniVersion":"1.0.0","name":"pods","prevResult":{"cniVersion":"1.0.0",\
                "interfaces":[{"name":"%s"},{"name":"eth0","sandbox":"/run/netns/pod"}],"ips":[%s]}}""".formatted(
                        sandbox.container(), sandbox.namespace(), sandbox.pod(), sandbox.uid(), sandbox.device(), ips));
        if (!answer.startsWith("0")) {
            throw new IllegalStateException("ADD of " + sandbox + ": " + answer);
        }
    }

    /// Tells that a pod is gone.
    void delete(Sandbox sandbox) {
        String answer =
                ask("CNI_COMMAND=DEL\nCNI_CONTAINERID=" + sandbox.container() + "\n\n{\"cniVersion\":\"1.0.0\"}");
        if (!answer.equals("0")) {
            throw new IllegalStateException("DEL of " + sandbox + ": " + answer);
        }
    }

    private String ask(String request) {
        var socket = UnixDomainSocketAddress.of(node.runDir().resolve("cni.sock"));
        try (SocketChannel channel = SocketChannel.open(socket)) {
            ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.shutdownOutput();
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("ask the agent of " + node, e);
        }
    }
}
