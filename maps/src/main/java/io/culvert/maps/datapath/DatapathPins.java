// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.Attachment;
import io.culvert.loader.BpfMap;
import io.culvert.loader.InvalidObjectException;
import io.culvert.loader.PinDirectory;
import io.culvert.maps.MapCatalogue;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What an agent left pinned, looked at or removed without one.
public final class DatapathPins {

    private static final Logger LOG = LoggerFactory.getLogger(DatapathPins.class);

    private DatapathPins() {}

    /// Opens the maps of a node to look at them, without an agent. Nothing is loaded, made or checked against
    /// programs.
    ///
    /// @return empty if nothing is pinned there
    /// @throws ForeignLayoutException if the maps are of another layout
    public static Optional<MapCatalogue> open(Path bpffs) {
        PinDirectory.existing(bpffs);
        PinnedMaps.Pinned pinned = new PinnedMaps(bpffs).open();
        if (!pinned.isOfThisLayout()) {
            pinned.maps().values().forEach(BpfMap::close);
            throw new ForeignLayoutException(bpffs, pinned.layoutVersion());
        }
        return pinned.maps().isEmpty()
                ? Optional.empty()
                : Optional.of(new MapCatalogue(pinned.maps(), (map, entries) -> {
                    throw new IllegalStateException("map " + map + " was opened to be read");
                }));
    }

    /// Detaches every program and removes every map and the directory, whatever layout they have. Traffic that
    /// needs translation stops.
    public static void remove(Path bpffs) {
        PinDirectory pins = PinDirectory.existing(bpffs);
        for (Path pin : pins.pinnedLinks()) {
            try {
                Attachment.adopt(pin).ifPresent(Attachment::detach);
            } catch (InvalidObjectException e) {
                LOG.warn("remove {} with the directory: {}", pin, e.getMessage());
            }
        }
        new PinnedMaps(bpffs).remove();
        pins.remove();
    }
}
