// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Many bytes over one TCP connection, in either direction: whoever takes them in says what they hash to.
final class Bulk {

    private static final String COMMON = """
            import hashlib, socket, sys
            def block(n): return bytes((n * 7 + i) % 251 for i in range(65536))
            def send(s, n):
                for i in range(16 * n): s.sendall(block(i))
                s.shutdown(socket.SHUT_WR)
            def take(s):
                d = hashlib.sha256()
                while True:
                    b = s.recv(65536)
                    if not b: return d.hexdigest()
                    d.update(b)
            """;

    /// Argument: port.
    static final String SERVER = COMMON + """
            l = socket.create_server(("::", int(sys.argv[1])), family=socket.AF_INET6, dualstack_ipv6=True)
            print("listening")
            while True:
                s, _ = l.accept()
                f = s.makefile("rb")
                direction, count = f.readline().split()
                if direction == b"down": send(s, int(count)); f.read()
                else:
                    d = hashlib.sha256()
                    while True:
                        b = f.read(65536)
                        if not b: break
                        d.update(b)
                    s.sendall(d.hexdigest().encode())
                s.close()
            """;

    /// Arguments: address, port, direction, mebibytes. Prints the hash.
    static final String CLIENT = COMMON + """
            s = socket.create_connection((sys.argv[1], int(sys.argv[2])), 15)
            s.sendall(("%s %s\\n" % (sys.argv[3], sys.argv[4])).encode())
            if sys.argv[3] == "down": print(take(s))
            else:
                send(s, int(sys.argv[4]))
                print(s.recv(100).decode())
            """;

    private static final int BLOCK = 65_536;

    private Bulk() {}

    static String digest(int mebibytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] block = new byte[BLOCK];
            for (int n = 0; n < 16 * mebibytes; n++) {
                for (int i = 0; i < BLOCK; i++) {
                    block[i] = (byte) ((n * 7 + i) % 251);
                }
                digest.update(block);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
