// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import java.util.ArrayList;
import java.util.List;

/// Decodes YAML leniently, and keeps what was left out.
final class Decoding {

    final List<InvalidObjectException> badEntries = new ArrayList<>();
    private final ObjectDecoder decoder = new ObjectDecoder(badEntries::add);

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    <T> T wanted(DocumentKind kind, String yaml) {
        return (T) ((Decoded.Wanted) decode(kind, yaml)).objects().getFirst();
    }

    Decoded decode(DocumentKind kind, String yaml) {
        return decoder.decode(kind, (Value.Mapping) YamlValues.read(yaml).getFirst());
    }
}
