// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.maps.layout.CorruptRecordException;
import java.util.Arrays;

/// What the policies of a pod say of a connection that begins.
///
/// @param rule number of the rule that decided, as in `rule_counters`; 0: none, or not counted
/// @param identity of the peer; 0: of no pod
/// @param cidrClass of the peer's address; 0: of no block
public record PolicyAnswer(boolean allowed, Reason reason, int rule, int identity, int cidrClass) {

    /// Why.
    public enum Reason {
        /// Nothing forbids it.
        DEFAULT(0),
        /// A rule of the admin tier accepts or denies.
        ADMIN(1),
        /// A rule of a NetworkPolicy matches.
        NETWORK_POLICY(2),
        /// The pod talks to itself, which NetworkPolicies never forbid.
        ITSELF(3),
        /// The pod is isolated, and no rule matches.
        ISOLATED(4),
        /// A rule of the baseline tier accepts or denies.
        BASELINE(5),
        /// No pod of this node has that interface or address.
        UNKNOWN_POD(6),
        /// No policies are published.
        NOTHING_PUBLISHED(7);

        private final int number;

        Reason(int number) {
            this.number = number;
        }

        /// `POLICY_BY_*`
        public int number() {
            return number;
        }

        static Reason ofNumber(int number) {
            return Arrays.stream(values())
                    .filter(reason -> reason.number == number)
                    .findFirst()
                    .orElseThrow(() -> new CorruptRecordException("policy_answer.by: " + number));
        }
    }
}
