// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import java.util.Arrays;

/// Answers to a question about three numbers. Flows ask the same ones over and over. There is more room the more they
/// are, up to an end; then all are forgotten.
final class Memo {

    private static final int FEWEST_BITS = 10;

    /// 384 KiB: for the 5,000 pods of a large cluster, and some more.
    private static final int MOST_BITS = 14;

    /// A slot: two numbers, and the third one with the answer, side by side for the sake of the processor's cache.
    private static final int SLOT = 3;

    private static final long NO = 1;
    private static final long YES = 2;
    private static final int ANSWER_BITS = 2;
    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    private final Question question;
    private int bits = FEWEST_BITS;
    private long[] slots = new long[SLOT << bits];
    private int known;

    /// Answers may change with time.
    interface Question {
        boolean ask(long first, long second, int third);
    }

    Memo(Question question) {
        this.question = question;
    }

    boolean test(long first, long second, int third) {
        long tail = Integer.toUnsignedLong(third) << ANSWER_BITS;
        int at = place(first, second, third);
        while (slots[at + 2] != 0) {
            if (slots[at] == first && slots[at + 1] == second && (slots[at + 2] & -1L << ANSWER_BITS) == tail) {
                return (slots[at + 2] & YES) != 0;
            }
            at = next(at);
        }
        boolean found = question.ask(first, second, third);
        slots[at] = first;
        slots[at + 1] = second;
        slots[at + 2] = tail | (found ? YES : NO);
        if (++known > 1 << (bits - 1)) {
            makeRoom();
        }
        return found;
    }

    /// Where the search for three numbers begins.
    private int place(long first, long second, int third) {
        return (int) ((((first * 31 + second) * 31 + third) * SPREAD) >>> (Long.SIZE - bits)) * SLOT;
    }

    private int next(int at) {
        return at + SLOT == slots.length ? 0 : at + SLOT;
    }

    private void makeRoom() {
        if (bits == MOST_BITS) {
            clear();
            return;
        }
        long[] before = slots;
        bits++;
        slots = new long[SLOT << bits];
        for (int from = 0; from < before.length; from += SLOT) {
            if (before[from + 2] != 0) {
                move(before, from);
            }
        }
    }

    private void move(long[] before, int from) {
        int at = place(before[from], before[from + 1], (int) (before[from + 2] >>> ANSWER_BITS));
        while (slots[at + 2] != 0) {
            at = next(at);
        }
        System.arraycopy(before, from, slots, at, SLOT);
    }

    /// Forgets the answers.
    void clear() {
        if (known > 0) {
            Arrays.fill(slots, 0);
            known = 0;
        }
    }
}
