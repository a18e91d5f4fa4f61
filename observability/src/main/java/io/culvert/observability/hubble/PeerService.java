// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import io.culvert.observability.api.peer.ChangeNotification;
import io.culvert.observability.api.peer.ChangeNotificationType;
import io.culvert.observability.api.peer.NotifyRequest;
import io.culvert.observability.api.peer.PeerGrpc;
import io.culvert.observability.api.peer.TLS;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.TreeMap;

/// Tells a relay which nodes there are: all of them first, and then what changes.
final class PeerService extends PeerGrpc.PeerImplBase {

    private static final long PATIENCE = 1_000;

    private final PeerBook book;
    private final Observations observations;

    PeerService(PeerBook book, Observations observations) {
        this.book = book;
        this.observations = observations;
    }

    @Override
    public void notify(NotifyRequest request, StreamObserver<ChangeNotification> answer) {
        observations.open(answer, observer -> () -> run(observer));
    }

    private void run(Observation<ChangeNotification> observer) throws InterruptedException {
        Map<String, String> told = Map.of();
        while (observer.awaitReady()) {
            PeerBook.Page page = book.page();
            tell(told, page.peers(), observer);
            told = page.peers();
            book.await(page.version(), PATIENCE);
        }
    }

    private void tell(Map<String, String> before, Map<String, String> now, Observation<ChangeNotification> observer) {
        new TreeMap<>(now).forEach((name, address) -> {
            String known = before.get(name);
            if (!address.equals(known)) {
                observer.send(notification(
                        name,
                        address,
                        known == null ? ChangeNotificationType.PEER_ADDED : ChangeNotificationType.PEER_UPDATED));
            }
        });
        new TreeMap<>(before).forEach((name, address) -> {
            if (!now.containsKey(name)) {
                observer.send(notification(name, address, ChangeNotificationType.PEER_DELETED));
            }
        });
    }

    private ChangeNotification notification(String name, String address, ChangeNotificationType type) {
        ChangeNotification.Builder notification = ChangeNotification.newBuilder()
                .setName(book.name(name))
                .setAddress(address)
                .setType(type);
        String serverName = book.serverName(name);
        if (!serverName.isEmpty()) {
            notification.setTls(TLS.newBuilder().setServerName(serverName));
        }
        return notification.build();
    }
}
