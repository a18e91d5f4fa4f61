// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import io.culvert.cluster.Change;
import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Problem;
import io.culvert.cluster.decode.BadEntries;
import io.culvert.cluster.decode.Decoded;
import io.culvert.cluster.decode.DocumentKind;
import io.culvert.cluster.decode.DocumentName;
import io.culvert.cluster.decode.InvalidObjectException;
import io.culvert.cluster.decode.ObjectDecoder;
import io.culvert.cluster.decode.Scope;
import io.culvert.cluster.decode.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// The item store of one kind: which objects the cluster state has from us. Of the objects themselves nothing is kept
/// but the records that the state has. An object that cannot be read is reported, and what was known of it stays. Only
/// [#problems] may be called from other threads.
final class KnownObjects {

    /// Whom to tell of policies that cannot be used, or not all of them.
    @FunctionalInterface
    interface PolicyTrouble {
        void found(ObjectKind kind, ObjectName policy, Problem problem);
    }

    /// Who looks on.
    interface Witness {

        Witness NONE = new Witness() {

            @Override
            public void shown(ObjectName name, Value.Mapping object) {}

            @Override
            public void changed(Change change) {}
        };

        /// An object as the server shows it, before it is known whether it can be used.
        void shown(ObjectName name, Value.Mapping object);

        /// What the cluster state is told.
        void changed(Change change);
    }

    private static final String NAMELESS = " without a name";

    private final DocumentKind kind;
    private final ObjectKind objectKind;
    private final Map<String, Problem> problems = new ConcurrentSkipListMap<>();
    private final List<InvalidObjectException> badEntries = new ArrayList<>();
    private final ObjectDecoder decoder;
    private final PolicyTrouble policyTrouble;
    private final Witness witness;
    private Set<ObjectName> known = new HashSet<>();

    /// @param policyTrouble is told whenever such a policy is read
    KnownObjects(DocumentKind kind, Scope scope, PolicyTrouble policyTrouble) {
        this(kind, scope, policyTrouble, Witness.NONE);
    }

    KnownObjects(DocumentKind kind, Scope scope, PolicyTrouble policyTrouble, Witness witness) {
        this.kind = kind;
        this.witness = witness;
        this.decoder = new ObjectDecoder((BadEntries) badEntries::add, scope);
        this.policyTrouble = policyTrouble;
        this.objectKind = switch (kind) {
            case SERVICE -> ObjectKind.SERVICE;
            case ENDPOINT_SLICE -> ObjectKind.ENDPOINT_SLICE;
            case NODE -> ObjectKind.NODE;
            case POD -> ObjectKind.POD;
            case SERVICE_CIDR -> ObjectKind.SERVICE_CIDR;
            case NAMESPACE -> ObjectKind.NAMESPACE;
            case NETWORK_POLICY -> ObjectKind.NETWORK_POLICY;
            case CLUSTER_NETWORK_POLICY -> ObjectKind.CLUSTER_NETWORK_POLICY;
            case LIST -> throw new IllegalArgumentException(kind + " is not in the cluster state");
        };
    }

    /// Objects that cannot be used, or not all of them.
    List<Problem> problems() {
        return List.copyOf(problems.values());
    }

    /// What an object that exists changes.
    List<Change> put(Value.Mapping object) {
        List<Change> changes = new ArrayList<>(1);
        ObjectName name = read(object, changes);
        if (name != null && !changes.isEmpty()) {
            note(changes.getFirst(), name);
        }
        return changes;
    }

    /// What an object that is gone changes.
    List<Change> remove(Value.Mapping object) {
        try {
            DocumentName name = ObjectDecoder.name(kind, object);
            problems.remove(name.toString());
            witness.changed(Change.remove(objectKind, name.name()));
            return known.remove(name.name()) ? List.of(Change.remove(objectKind, name.name())) : List.of();
        } catch (InvalidObjectException e) {
            // An object without a name cannot have been put either.
            return List.of();
        }
    }

    /// Begins to take a complete list.
    Relist relist() {
        return new Relist();
    }

    /// A list as it arrives; nothing is changed by it before [#finish].
    final class Relist {
        private final List<Change> changes = new ArrayList<>();
        private final Set<ObjectName> seen = new HashSet<>();

        void item(Value.Mapping object) {
            ObjectName name = read(object, changes);
            if (name != null) {
                seen.add(name);
            }
        }

        /// What the objects so far change, which are not all.
        List<Change> add() {
            changes.forEach(change -> note(change, nameOf(change)));
            return changes;
        }

        /// What the list changes, the removal of what is not in it included.
        List<Change> finish() {
            for (ObjectName name : known) {
                if (!seen.contains(name)) {
                    changes.add(Change.remove(objectKind, name));
                }
            }
            forgetProblems();
            Set<ObjectName> next = new HashSet<>(known);
            next.retainAll(seen);
            known = next;
            changes.forEach(change -> note(change, nameOf(change)));
            return changes;
        }

        /// Of objects that are gone; they may never have been usable.
        private void forgetProblems() {
            if (!problems.isEmpty()) {
                Set<String> there = new HashSet<>(Set.of(kind.apiName() + NAMELESS));
                seen.forEach(name -> there.add(new DocumentName(kind, name).toString()));
                problems.keySet().retainAll(there);
            }
        }
    }

    /// Reads an object and adds what it changes. Returns its name, or null if it has none.
    private @Nullable ObjectName read(Value.Mapping object, List<Change> changes) {
        badEntries.clear();
        DocumentName name = null;
        try {
            name = ObjectDecoder.name(kind, object);
            witness.shown(name.name(), object);
            switch (decoder.decode(kind, object)) {
                case Decoded.Wanted wanted ->
                    wanted.objects().forEach(wantedObject -> changes.add(Change.put(wantedObject)));
                case Decoded.Unwanted _ -> changes.add(Change.remove(objectKind, name.name()));
            }
            report(name);
            return name.name();
        } catch (InvalidObjectException e) {
            String subject = name == null ? kind.apiName() + NAMELESS : name.toString();
            String remedy = e.remedy().isEmpty() ? "correct the object" : e.remedy();
            boolean never = isPolicy() && (name == null || !known.contains(name.name()));
            String effect = never ? ", so nothing of it is enforced" : ", so its last version stays";
            tell(name, Problem.error(subject, e.reason() + effect, remedy));
            return name == null ? null : name.name();
        }
    }

    private boolean isPolicy() {
        return kind == DocumentKind.NETWORK_POLICY || kind == DocumentKind.CLUSTER_NETWORK_POLICY;
    }

    private void tell(@Nullable DocumentName name, Problem problem) {
        problems.put(problem.subject(), problem);
        if (name != null && isPolicy()) {
            policyTrouble.found(objectKind, name.name(), problem);
        }
    }

    /// Notes what is left out of an object that is used otherwise.
    private void report(DocumentName name) {
        String subject = name.toString();
        if (badEntries.isEmpty()) {
            problems.remove(subject);
        } else {
            String reason = badEntries.getFirst().reason();
            int more = badEntries.size() - 1;
            String others = more == 0 ? "" : " (and " + more + " more)";
            String effect = isPolicy() ? ", and is not understood" : ", and is left out";
            tell(name, Problem.warning(subject, reason + others + effect, "correct the object"));
        }
    }

    private void note(Change change, ObjectName name) {
        witness.changed(change);
        switch (change) {
            case Change.Put _ -> known.add(name);
            case Change.Remove _ -> known.remove(name);
        }
    }

    private static ObjectName nameOf(Change change) {
        return switch (change) {
            case Change.Put put -> put.object().objectName();
            case Change.Remove remove -> remove.name();
        };
    }
}
