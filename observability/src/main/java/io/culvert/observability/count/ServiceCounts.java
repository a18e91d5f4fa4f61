// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.count;

import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.RawEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What went through each Service, by its index: pages are made when a Service of theirs is met.
final class ServiceCounts {

    /// Indexes from here on are not counted.
    static final int LIMIT = 1 << 17;

    private static final int PAGE_BITS = 8;
    private static final int PAGE = 1 << PAGE_BITS;
    private static final int WIDTH = 4;
    private static final int CONNECTIONS = 0;
    private static final int SENT = 1;
    private static final int RECEIVED = 2;
    private static final int DROPS = 3;

    /// As [Counters], no more than that: a page is whole for whoever sees it, since its array is final.
    private final @Nullable Counters[] pages = new Counters[LIMIT >> PAGE_BITS];

    /// Counts a flow that names its Service.
    ///
    /// @param begins whether it is the first that is told of a connection
    void add(RawEvent flow, int kind, boolean dropped, boolean begins) {
        boolean ends = kind == EventKind.CLOSE.number();
        int index = ends || dropped || begins ? flow.service() : -1;
        if (index < 0 || index >= LIMIT) {
            return;
        }
        Counters page = page(index >> PAGE_BITS);
        int place = (index & (PAGE - 1)) * WIDTH;
        if (ends) {
            page.add(place + SENT, flow.detail(0));
            page.add(place + RECEIVED, flow.detail(1));
        } else {
            page.add(place + (dropped ? DROPS : CONNECTIONS), 1);
        }
    }

    private Counters page(int number) {
        Counters page = pages[number];
        if (page == null) {
            page = new Counters(PAGE * WIDTH);
            pages[number] = page;
        }
        return page;
    }

    /// Whether nothing was told before of the connection that a packet opens: what a pod of this node receives, another
    /// of our programs has told of already, unless a process of the node itself sent it.
    static boolean isFirst(int kind, int hook, int flags) {
        boolean verdict = kind == EventKind.VERDICT.number()
                && (hook != EventHook.TO_POD.number() || (flags & EventFlag.HOST.bit()) != 0);
        return (verdict || kind == EventKind.TRACE.number()) && (flags & EventFlag.IS_REPLY.bit()) == 0;
    }

    List<FlowCounts.Service> rows() {
        List<FlowCounts.Service> rows = new ArrayList<>();
        for (int number = 0; number < pages.length; number++) {
            Counters page = pages[number];
            for (int place = 0; page != null && place < page.size(); place += WIDTH) {
                FlowCounts.Service row = new FlowCounts.Service(
                        (number << PAGE_BITS) + place / WIDTH,
                        page.get(place + CONNECTIONS),
                        page.get(place + SENT),
                        page.get(place + RECEIVED),
                        page.get(place + DROPS));
                if (!row.isEmpty()) {
                    rows.add(row);
                }
            }
        }
        return rows;
    }
}
