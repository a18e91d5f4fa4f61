// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/// Where compiled eBPF objects come from.
@FunctionalInterface
public interface ObjectSource {

    /// The bytes of `<name>.o`.
    ///
    /// @throws IllegalArgumentException if there is no such object; the message is one line for users
    byte[] object(String name);

    /// The objects that ship in the jar.
    static ObjectSource builtIn() {
        return name -> {
            try (InputStream resource = ObjectSource.class.getResourceAsStream("/io/culvert/bpf/" + name + ".o")) {
                if (resource == null) {
                    throw new IllegalArgumentException(
                            "load " + name + ".o: not among the built-in objects; use --bpf-source");
                }
                return resource.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException("read built-in object " + name + ".o: " + e.getMessage(), e);
            }
        };
    }

    /// Objects that were compiled on this node.
    ///
    /// @param objects bytes by name, without `.o`
    static ObjectSource compiled(Map<String, byte[]> objects) {
        return name -> {
            byte[] object = objects.get(name);
            if (object == null) {
                throw new IllegalArgumentException("load " + name + ".o: not among the compiled objects "
                        + objects.keySet() + "; the source directory needs " + name + ".c");
            }
            return object;
        };
    }
}
