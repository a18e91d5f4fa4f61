// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import io.culvert.cluster.ClusterObject;
import io.culvert.cluster.ServiceCidr;
import io.culvert.net.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Turns a document into the record that Culvert keeps of it. All methods throw [InvalidObjectException], with the
/// place and the reason, for what cannot be used.
public final class ObjectDecoder {

    private static final String PROXY_NAME = "service.kubernetes.io/service-proxy-name";
    private static final String HEADLESS = "service.kubernetes.io/headless";
    private static final String SERVICE_NAME = "kubernetes.io/service-name";

    private final ServiceDecoder services;
    private final EndpointSliceDecoder slices;
    private final NodeDecoder nodes;
    private final PodDecoder pods;
    private final PolicyDecoder policies;
    private final BadEntries badEntries;
    private final Scope scope;

    /// Reads all that there is.
    public ObjectDecoder(BadEntries badEntries) {
        this(badEntries, Scope.EVERYTHING);
    }

    public ObjectDecoder(BadEntries badEntries, Scope scope) {
        this.badEntries = badEntries;
        this.scope = scope;
        this.services = new ServiceDecoder(badEntries);
        this.slices = new EndpointSliceDecoder(badEntries);
        this.nodes = new NodeDecoder(badEntries);
        this.pods = new PodDecoder(badEntries);
        this.policies = new PolicyDecoder(badEntries, scope);
    }

    /// What a document says it is, by `kind` and `apiVersion`.
    public static DocumentKind kind(Value.Mapping document) {
        Fields fields = Fields.of(document);
        String text = fields.requiredText("kind");
        DocumentKind kind = DocumentKind.ofApiName(text)
                .orElseThrow(() -> fields.invalid(
                        "kind", "\"" + text + "\" is not a kind that Culvert reads", "use " + DocumentKind.apiNames()));
        String version = fields.requiredText("apiVersion");
        if (!version.equals(kind.apiVersion())) {
            throw fields.invalid(
                    "apiVersion", "\"" + version + "\" is not of kind " + text, "use " + kind.apiVersion());
        }
        return kind;
    }

    /// The items of a List.
    public static List<Value.Mapping> items(Value.Mapping list) {
        return Fields.of(list).each("items").stream().map(Fields::mapping).toList();
    }

    /// The name, read before anything else.
    public static DocumentName name(DocumentKind kind, Value.Mapping document) {
        return new DocumentName(kind, Metadata.name(kind, Fields.of(document)));
    }

    /// Reads the whole object. The kind is given, because items of an API server's lists do not say theirs.
    public Decoded decode(DocumentKind kind, Value.Mapping document) {
        Fields fields = Fields.of(document);
        Metadata metadata = Metadata.of(kind, fields);
        DocumentName name = new DocumentName(kind, metadata.name());
        return switch (kind) {
            case SERVICE -> service(name, metadata, fields);
            case ENDPOINT_SLICE -> slice(name, metadata, fields);
            case NODE -> node(name, metadata, fields);
            case POD -> pod(name, metadata, fields);
            case SERVICE_CIDR -> wanted(name, serviceCidr(metadata, fields.at("spec")));
            case NAMESPACE -> wanted(name, policies.namespace(metadata, fields));
            case NETWORK_POLICY -> wanted(name, policies.networkPolicy(metadata, fields));
            case CLUSTER_NETWORK_POLICY -> wanted(name, policies.clusterNetworkPolicy(metadata, fields));
            case LIST -> throw fields.invalid("kind", "a List within a List is not understood", "write the items out");
        };
    }

    private static Decoded wanted(DocumentName name, ClusterObject object) {
        return new Decoded.Wanted(name, List.of(object));
    }

    private Decoded node(DocumentName name, Metadata metadata, Fields document) {
        List<ClusterObject> objects = new ArrayList<>(2);
        if (scope.covers(metadata.name().name())) {
            objects.add(nodes.decode(metadata, document));
        }
        if (scope.policies()) {
            objects.add(policies.node(metadata, document));
        }
        return new Decoded.Wanted(name, objects);
    }

    private Decoded pod(DocumentName name, Metadata metadata, Fields document) {
        List<ClusterObject> objects = new ArrayList<>(2);
        if (scope.covers(document.at("spec").text("nodeName").orElse(null))) {
            objects.add(pods.decode(metadata, document));
        }
        if (scope.policies()) {
            objects.add(policies.pod(metadata, document));
        }
        return new Decoded.Wanted(name, objects);
    }

    private ServiceCidr serviceCidr(Metadata metadata, Fields spec) {
        return new ServiceCidr(metadata.name(), Addresses.prefixes(spec, "cidrs", badEntries::found));
    }

    private Decoded service(DocumentName name, Metadata metadata, Fields document) {
        ClusterObject service = services.decode(metadata, document);
        if (metadata.labels().containsKey(PROXY_NAME)) {
            return new Decoded.Unwanted(name, "label " + PROXY_NAME + " gives it to another proxy");
        }
        return wanted(name, service);
    }

    private Decoded slice(DocumentName name, Metadata metadata, Fields document) {
        Optional<IpFamily> family = EndpointSliceDecoder.family(document);
        if (family.isEmpty()) {
            return new Decoded.Unwanted(name, "address type FQDN is not proxied");
        }
        String service = metadata.label(SERVICE_NAME).orElse("");
        ClusterObject slice = slices.decode(metadata, service, family.get(), document);
        if (metadata.labels().containsKey(HEADLESS)) {
            return new Decoded.Unwanted(name, "label " + HEADLESS + " keeps it from proxies");
        }
        if (service.isEmpty()) {
            badEntries.leftOut(document.at("metadata").invalid("labels", "have no " + SERVICE_NAME, ""));
            return new Decoded.Unwanted(name, "it has no label " + SERVICE_NAME);
        }
        return wanted(name, slice);
    }
}
