// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.PolicyLength;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Blocks of IPv6 addresses, to be searched by halves of the lengths that they have (Waldvogel, Varghese, Turner,
/// Plattner:
/// Scalable High Speed IP Routing Lookups, SIGCOMM 1997): one lookup in a hash says whether to go on with longer or
/// with
/// shorter ones. So that it does, a block is also entered with the shorter lengths by which one comes to it, and each
/// entry
/// has the class of the longest block that holds all of it, so that none is looked for twice. Single addresses are none
/// of
/// these, because programs look for them elsewhere, and first.
///
/// @param entries number of the class by the first bits of addresses; 0: of none
/// @param lengths as [PolicyLength] has them, all [PolicyLength#ENTRIES]
record PrefixSearch(Map<CidrPrefix, Integer> entries, List<PolicyLength> lengths) {

    private static final int V4_BITS = 96;
    private static final int ADDRESS_BITS = 128;
    private static final CidrPrefix EVERYTHING = new CidrPrefix(IpAddress.UNSPECIFIED, 0);

    /// No index: the trie is to be asked.
    static final PrefixSearch ABSENT =
            new PrefixSearch(Map.of(), Collections.nCopies(PolicyLength.ENTRIES, PolicyLength.NONE));

    /// @param cidrs number of the class by block, of both families
    static PrefixSearch of(Map<CidrPrefix, Integer> cidrs) {
        Map<CidrPrefix, Integer> blocks = new HashMap<>(cidrs);
        blocks.keySet().removeIf(prefix -> !isBlockOfV6(prefix));
        int otherwise = cidrs.getOrDefault(EVERYTHING, 0);
        int[] bits = blocks.keySet().stream()
                .mapToInt(CidrPrefix::bits)
                .sorted()
                .distinct()
                .toArray();
        PolicyLength[] lengths = new PolicyLength[PolicyLength.ENTRIES];
        Arrays.fill(lengths, PolicyLength.NONE);
        lengths[0] = PolicyLength.otherwise(otherwise);
        halve(bits, 0, bits.length, lengths, 1);
        Map<CidrPrefix, Integer> entries = new HashMap<>();
        for (CidrPrefix block : blocks.keySet()) {
            int entry = 1;
            int length;
            do {
                length = lengths[entry].bits();
                if (length <= block.bits()) {
                    entries.computeIfAbsent(first(block, length), start -> longest(blocks, bits, start, otherwise));
                }
                entry = 2 * entry + (length < block.bits() ? 1 : 0);
            } while (length != block.bits());
        }
        return new PrefixSearch(entries, List.of(lengths));
    }

    private static boolean isBlockOfV6(CidrPrefix prefix) {
        boolean isV4 = prefix.address().isV4() && prefix.bits() >= V4_BITS;
        return !isV4 && prefix.bits() > 0 && prefix.bits() < ADDRESS_BITS;
    }

    /// Puts lengths to an entry and those after it, the middle one first.
    private static void halve(int[] bits, int from, int to, PolicyLength[] lengths, int entry) {
        if (from == to) {
            return;
        }
        int middle = (from + to) >>> 1;
        lengths[entry] = PolicyLength.of(bits[middle]);
        halve(bits, from, middle, lengths, 2 * entry);
        halve(bits, middle + 1, to, lengths, 2 * entry + 1);
    }

    private static CidrPrefix first(CidrPrefix block, int bits) {
        return new CidrPrefix(new IpPrefix(block.address(), bits).address(), bits);
    }

    /// The class of the longest block that holds all of `start`.
    private static int longest(Map<CidrPrefix, Integer> blocks, int[] bits, CidrPrefix start, int otherwise) {
        for (int i = Arrays.binarySearch(bits, start.bits()); i >= 0; i--) {
            Integer found = blocks.get(first(start, bits[i]));
            if (found != null) {
                return found;
            }
        }
        return otherwise;
    }
}
