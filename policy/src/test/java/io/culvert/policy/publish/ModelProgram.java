// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.cluster.policy.Direction;
import io.culvert.maps.AddressKey;
import io.culvert.maps.Endpoint;
import io.culvert.maps.EndpointKey;
import io.culvert.maps.IpcacheEntry;
import io.culvert.maps.PolicyBlock;
import io.culvert.maps.PolicyCidrKey;
import io.culvert.maps.PolicyLength;
import io.culvert.maps.PolicyPeerKey;
import io.culvert.maps.PolicyPorts;
import io.culvert.maps.PolicySetEntry;
import io.culvert.maps.PolicyStep;
import io.culvert.net.IpAddress;
import io.culvert.policy.PortSpace;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A program that asks for one verdict, one lookup at a time. It remembers what it looked up, so that
/// writes may come between any two lookups.
final class ModelProgram {

    /// A new connection at a pod.
    ///
    /// @param ifindex where it is seen, or 0
    record Question(int ifindex, IpAddress pod, Direction direction, IpAddress peer, int protocol, int port) {}

    private final ModelTarget maps;
    private final Question question;
    private int step;
    private int side;
    private @Nullable Endpoint endpoint;
    private int set;
    private int identity;
    private boolean isHost;
    private int block;
    /// In the tree of lengths; 0: not asked yet; -1: there is none.
    private int length;

    private int cidrClass;
    private @Nullable PolicyPorts byIdentity;
    private @Nullable PolicyPorts byClass;
    private PolicySetEntry entry = PolicySetEntry.NONE;
    private int admin = PolicyStep.NONE;
    private int allow = PolicyStep.NONE;
    private int baseline = PolicyStep.NONE;
    private @Nullable Boolean allowed;

    ModelProgram(ModelTarget maps, Question question) {
        this.maps = maps;
        this.question = question;
    }

    /// What it looked up.
    @Override
    public String toString() {
        return "%s: %s by side %d, %s, set %d %s, identity %d %s, class %d %s, cell %d %d %d"
                .formatted(
                        question,
                        allowed,
                        side,
                        endpoint,
                        set,
                        entry,
                        identity,
                        byIdentity,
                        cidrClass,
                        byClass,
                        admin,
                        allow,
                        baseline);
    }

    Question question() {
        return question;
    }

    boolean runToEnd() {
        while (allowed == null) {
            step();
        }
        return allowed;
    }

    boolean isOver() {
        return allowed != null;
    }

    /// The next lookup.
    void step() {
        switch (step++) {
            case 0 -> readEpoch();
            case 1 -> endpoint = maps.endpoints.get(EndpointKey.ofInterface(question.ifindex));
            case 2 -> chooseSet();
            case 3 ->
                identity = maps.ipcache
                        .getOrDefault(new AddressKey(question.peer), new IpcacheEntry(0, 0))
                        .identity(side);
            case 4 -> readHost();
            case 5 -> readBlock(question.peer.isV4() ? (int) question.peer.low() >>> 16 : -1);
            case 6 -> readBlock(next((int) question.peer.low() >>> 8));
            case 7 -> readBlock(next((int) question.peer.low()));
            case 8 -> {
                if (readPrefix()) {
                    step--;
                }
            }
            case 9 -> readClass();
            case 10 -> {
                if (identity != 0) {
                    byIdentity = maps.peers.get(PolicyPeerKey.identity(set, identity));
                }
            }
            case 11 -> {
                if (byIdentity == null) {
                    byIdentity = maps.peers.get(PolicyPeerKey.anyone(set));
                }
            }
            case 12 -> {
                if (cidrClass != 0) {
                    byClass = maps.peers.get(PolicyPeerKey.cidrClass(set, cidrClass));
                }
            }
            case 13 -> entry = maps.sets.get(set);
            case 14 -> combine(byIdentity);
            case 15 -> combine(byClass);
            default -> decide();
        }
    }

    private void readEpoch() {
        side = maps.epoch & 1;
        if (maps.epoch == 0) {
            allowed = true;
        }
    }

    private void chooseSet() {
        if (endpoint == null) {
            endpoint = maps.endpoints.get(EndpointKey.of(question.pod));
        }
        if (endpoint != null) {
            set = question.direction == Direction.INGRESS
                    ? endpoint.sets(side).ingress()
                    : endpoint.sets(side).egress();
        }
        if (set == 0) {
            allowed = true;
        }
    }

    private void readHost() {
        @Nullable Integer found = maps.cidrs.get(new CidrPrefix(question.peer, 128).on(side));
        isHost = found != null;
        cidrClass = found == null ? 0 : found;
    }

    /// @param index -1: stays with the word that is there
    private void readBlock(int index) {
        if (!isHost && index >= 0) {
            block = maps.blocks[side][index];
        }
    }

    /// Where the entry for the next bits is.
    private int next(int bits) {
        return block > 0 ? block + (bits & 0xff) : -1;
    }

    /// @return whether there is more to ask of the index of IPv6 blocks
    private boolean readPrefix() {
        if (isHost || question.peer.isV4() || length < 0 || length >= PolicyLength.ENTRIES) {
            return false;
        }
        PolicyLength present = maps.lengths.get(side * PolicyLength.ENTRIES + length);
        if (length == 0) {
            cidrClass = present.cidrClass();
            length = present.prefixlen() == 0 ? -1 : 1;
            return true;
        }
        if (present.prefixlen() == 0) {
            return false;
        }
        IpAddress mask = present.mask();
        IpAddress first = new IpAddress(question.peer.high() & mask.high(), question.peer.low() & mask.low());
        @Nullable Integer found = maps.prefixes.get(new CidrPrefix(first, present.bits()).on(side));
        cidrClass = found == null ? cidrClass : found;
        length = 2 * length + (found == null ? 0 : 1);
        return true;
    }

    private void readClass() {
        if (block < 0) {
            cidrClass = block & ~PolicyBlock.CLASS;
        } else if (!isHost && length <= 0) {
            cidrClass = longestPrefix();
        }
    }

    private int longestPrefix() {
        int bits = -1;
        int found = 0;
        for (Map.Entry<PolicyCidrKey, Integer> candidate : maps.cidrs.entrySet()) {
            PolicyCidrKey key = candidate.getKey();
            if (key.side() == side && key.block().bits() > bits && covers(key, question.peer)) {
                bits = key.block().bits();
                found = candidate.getValue();
            }
        }
        return found;
    }

    private static boolean covers(PolicyCidrKey key, IpAddress address) {
        int bits = key.block().bits();
        IpAddress block = key.block().address();
        return ((block.high() ^ address.high()) & mask(Math.min(bits, 64))) == 0
                && ((block.low() ^ address.low()) & mask(Math.max(bits - 64, 0))) == 0;
    }

    private static long mask(int bits) {
        return bits == 0 ? 0 : -1L << (64 - bits);
    }

    private void combine(@Nullable PolicyPorts ports) {
        if (ports == null) {
            return;
        }
        int at = PortSpace.at(question.protocol, question.port);
        int word = indexed(ports, at);
        PolicyStep last = maps.steps.get(word == 0 ? searched(ports, at) : word & ~PolicyPorts.INDEX_STEP);
        admin = least(admin, last.admin());
        allow = least(allow, last.allow());
        baseline = least(baseline, last.baseline());
    }

    private int indexed(PolicyPorts ports, int place) {
        int word = ports.index();
        for (int level = PolicyPorts.INDEX_LEVELS - 1; word > 0 && level >= 0; level--) {
            int bits = place >> (level * PolicyPorts.INDEX_BITS);
            word = maps.index.get(word + (bits & ((1 << PolicyPorts.INDEX_BITS) - 1)));
        }
        return word;
    }

    private int searched(PolicyPorts ports, int place) {
        int last = ports.start();
        while (last + 1 < ports.start() + ports.count()
                && maps.steps.get(last + 1).start() <= place) {
            last++;
        }
        return last;
    }

    private static int least(int one, int other) {
        return Integer.compareUnsigned(one, other) <= 0 ? one : other;
    }

    private void decide() {
        if ((entry.flags() & PolicySetEntry.USED) == 0) {
            throw new AssertionError("a pod has set " + set + ", which means nothing");
        }
        if (admin != PolicyStep.NONE && (admin & 3) != PolicyStep.PASS) {
            allowed = (admin & 3) == PolicyStep.ACCEPT;
        } else if ((entry.flags() & PolicySetEntry.ISOLATED) != 0) {
            allowed = allow != PolicyStep.NONE || isItself();
        } else if (baseline != PolicyStep.NONE && (baseline & 3) != PolicyStep.PASS) {
            allowed = (baseline & 3) == PolicyStep.ACCEPT;
        } else {
            allowed = true;
        }
    }

    private boolean isItself() {
        Endpoint peer = maps.endpoints.get(EndpointKey.of(question.peer));
        return peer != null
                && endpoint != null
                && endpoint.number(side) != 0
                && peer.number(side) == endpoint.number(side);
    }
}
