// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.observe;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who is trusted, and what shows who asks.
///
/// @param authorities certificates (PEM) of who may have signed the server's; empty: those of this machine
/// @param certificate of the client; null: none
/// @param key of it, PKCS#8
/// @param serverName which name the server's certificate must have; null: that of the address
/// @param insecure whether any certificate will do
public record ClientTls(
        List<Path> authorities,
        @Nullable Path certificate,
        @Nullable Path key,
        @Nullable String serverName,
        boolean insecure) {

    /// @throws ObserveException if there is a certificate without a key, or the other way round
    public ClientTls {
        authorities = List.copyOf(authorities);
        if ((certificate == null) != (key == null)) {
            throw new ObserveException("--tls-client-cert-file and --tls-client-key-file belong together; give both");
        }
    }
}
