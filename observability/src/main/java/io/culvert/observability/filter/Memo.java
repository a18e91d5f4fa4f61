// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import java.util.Arrays;

/// Answers to a question about three numbers. Flows ask the same ones over and over. There is more room the more they
/// are, up to an end; then all are forgotten.
final class Memo {

    private static final int FEWEST_BITS = 10;

    /// 336 KiB: for the 5,000 pods of a large cluster, and some more.
    private static final int MOST_BITS = 14;

    private static final byte UNKNOWN = 0;
    private static final byte NO = 1;
    private static final byte YES = 2;
    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    private final Question question;
    private int bits = FEWEST_BITS;
    private long[] firsts = new long[1 << bits];
    private long[] seconds = new long[1 << bits];
    private int[] thirds = new int[1 << bits];
    private byte[] answers = new byte[1 << bits];
    private int known;

    /// Answers may change with time.
    interface Question {
        boolean ask(long first, long second, int third);
    }

    Memo(Question question) {
        this.question = question;
    }

    boolean test(long first, long second, int third) {
        int last = answers.length - 1;
        int slot = (int) ((((first * 31 + second) * 31 + third) * SPREAD) >>> (Long.SIZE - bits));
        for (; answers[slot] != UNKNOWN; slot = slot + 1 & last) {
            if (firsts[slot] == first && seconds[slot] == second && thirds[slot] == third) {
                return answers[slot] == YES;
            }
        }
        boolean found = question.ask(first, second, third);
        firsts[slot] = first;
        seconds[slot] = second;
        thirds[slot] = third;
        answers[slot] = found ? YES : NO;
        if (++known > last / 2) {
            makeRoom();
        }
        return found;
    }

    private void makeRoom() {
        if (bits == MOST_BITS) {
            clear();
            return;
        }
        bits++;
        firsts = new long[1 << bits];
        seconds = new long[1 << bits];
        thirds = new int[1 << bits];
        answers = new byte[1 << bits];
        known = 0;
    }

    /// Forgets the answers.
    void clear() {
        if (known > 0) {
            Arrays.fill(answers, UNKNOWN);
            known = 0;
        }
    }
}
