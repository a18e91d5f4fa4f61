// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.layout;

import io.culvert.loader.btf.Btf;
import io.culvert.loader.btf.BtfType;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// The numbers of a type in BTF.
final class ObjectPlaces {

    private final Btf btf;
    private final List<Place> places = new ArrayList<>();

    private ObjectPlaces(Btf btf) {
        this.btf = btf;
    }

    static List<Place> of(Btf btf, int type, String name) {
        var places = new ObjectPlaces(btf);
        places.add(type, 0, name, "");
        return places.places;
    }

    private void add(int id, long offset, String path, String member) {
        BtfType type = btf.resolve(id);
        if (member.equals("pad")) {
            places.add(new Place(path, offset, btf.size(id), false, false, "pad " + btf.size(id)));
            return;
        }
        switch (type) {
            case BtfType.Array array -> {
                for (long i = 0; i < array.count(); i++) {
                    add(array.element(), offset + i * btf.size(array.element()), path + "[" + i + "]", "");
                }
            }
            case BtfType.Composite composite -> {
                for (BtfType.Member part : composite.members()) {
                    addMember(part, offset, path);
                }
            }
            case BtfType.Int _, BtfType.Enumeration _ -> places.add(number(id, offset, path));
            default -> places.add(new Place(path, offset, btf.size(id), false, false, text(id)));
        }
    }

    private void addMember(BtfType.Member part, long offset, String path) {
        String partPath = path + "." + part.name();
        if (part.bitfieldBits() > 0) {
            places.add(new Place(
                    partPath, offset + part.offset(), 0, false, false, "bit field of " + part.bitfieldBits()));
        } else {
            add(part.type(), offset + part.offset(), partPath, part.name());
        }
    }

    private Place number(int id, long offset, String path) {
        boolean bigEndian = btf.byteOrder(id) == ByteOrder.BIG_ENDIAN;
        return new Place(path, offset, btf.size(id), bigEndian, true, text(id));
    }

    /// The name as it was written, `__be16` and not what it stands for.
    private String text(int id) {
        BtfType type = btf.type(id);
        while (type.name().isEmpty() && type instanceof BtfType.Alias alias) {
            type = btf.type(alias.target());
        }
        return type.name().isEmpty() ? type.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT) : type.name();
    }
}
