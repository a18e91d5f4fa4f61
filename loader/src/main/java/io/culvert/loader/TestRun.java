// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

/// What a program did with a packet.
///
/// @param verdict what it returned: a `TC_ACT_*` or `XDP_*` number
/// @param packet the packet afterwards, from the Ethernet header on
/// @param context the whole context afterwards; empty if none was given
/// @param nanosPerRun mean duration of a run; the kernel measures whole nanoseconds
@SuppressWarnings("ArrayRecordComponent")
public record TestRun(int verdict, byte[] packet, byte[] context, int nanosPerRun) {}
