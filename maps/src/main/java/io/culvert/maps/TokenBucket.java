// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// What is left of one CPU's budget for RST and ICMP answers: the value of `reject_bucket`.
///
/// @param refilled nanoseconds of CLOCK_MONOTONIC
/// @param tokens nanoseconds of budget; an answer costs a second divided by the rate
public record TokenBucket(long refilled, long tokens) {

    static final StructLayout LAYOUT =
            CTypes.struct("token_bucket", CTypes.U64.withName("refilled"), CTypes.U64.withName("tokens"));

    /// `struct token_bucket`
    public static final Codec<TokenBucket> CODEC = new TokenBucketCodec();

    /// For example `5000000 ns of budget at 17 ns`.
    @Override
    public String toString() {
        return tokens + " ns of budget at " + refilled + " ns";
    }

    private static final class TokenBucketCodec implements Codec<TokenBucket> {

        private static final VarHandle REFILLED = CTypes.member(LAYOUT, "refilled");
        private static final VarHandle TOKENS = CTypes.member(LAYOUT, "tokens");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public TokenBucket read(MemorySegment memory, long offset) {
            return new TokenBucket((long) REFILLED.get(memory, offset), (long) TOKENS.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, TokenBucket bucket) {
            REFILLED.set(memory, offset, bucket.refilled);
            TOKENS.set(memory, offset, bucket.tokens);
        }
    }
}
