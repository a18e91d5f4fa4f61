// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Reads fields that hold addresses.
final class Addresses {

    private Addresses() {}

    /// The addresses of a list of strings, without its bad entries.
    static List<IpAddress> list(Fields fields, String key, Consumer<InvalidObjectException> badEntry) {
        List<String> texts = fields.texts(key);
        List<IpAddress> addresses = new ArrayList<>(texts.size());
        for (int i = 0; i < texts.size(); i++) {
            Optional<IpAddress> address = IpAddress.parse(texts.get(i));
            if (address.isPresent()) {
                addresses.add(address.get());
            } else {
                badEntry.accept(fields.invalid(key, i, notAnAddress(texts.get(i))));
            }
        }
        return addresses;
    }

    /// The address at a field that must be there; empty if it is a bad entry.
    static Optional<IpAddress> one(Fields fields, String key, Consumer<InvalidObjectException> badEntry) {
        String text = fields.requiredText(key);
        Optional<IpAddress> address = IpAddress.parse(text);
        if (address.isEmpty()) {
            badEntry.accept(fields.invalid(key, notAnAddress(text), ""));
        }
        return address;
    }

    /// The address blocks of a list of strings, without its bad entries.
    static List<IpPrefix> prefixes(Fields fields, String key, Consumer<InvalidObjectException> badEntry) {
        List<String> texts = fields.texts(key);
        List<IpPrefix> prefixes = new ArrayList<>(texts.size());
        for (int i = 0; i < texts.size(); i++) {
            Optional<IpPrefix> prefix = IpPrefix.parse(texts.get(i).strip());
            if (prefix.isPresent()) {
                prefixes.add(prefix.get());
            } else {
                badEntry.accept(fields.invalid(key, i, "\"" + texts.get(i) + "\" is not a CIDR"));
            }
        }
        return prefixes;
    }

    static String notAnAddress(String text) {
        return "\"" + text + "\" is not an IP address";
    }
}
