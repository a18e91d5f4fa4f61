// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.manifest;

import java.util.ArrayList;
import java.util.List;

/// One document of a YAML file.
///
/// @param text with the `---` line that begins it, if there is one
/// @param linesBefore lines of the file that come before the first line of `text`
record DocumentText(String text, int linesBefore) {

    /// Cuts a file at its `---` lines before anything is parsed, so that a syntax error spoils one document only. Such
    /// a line is always a separator: YAML forbids it within a document, block scalars included.
    static List<DocumentText> split(String file) {
        List<DocumentText> documents = new ArrayList<>();
        int start = 0;
        int startLine = 0;
        int line = 0;
        int lineStart = 0;
        while (lineStart < file.length()) {
            int end = file.indexOf('\n', lineStart);
            int next = end < 0 ? file.length() : end + 1;
            if (separates(file, lineStart, next)) {
                documents.add(new DocumentText(file.substring(start, lineStart), startLine));
                start = lineStart;
                startLine = line;
            }
            line++;
            lineStart = next;
        }
        documents.add(new DocumentText(file.substring(start), startLine));
        return documents;
    }

    private static boolean separates(String file, int start, int end) {
        return file.startsWith("---", start) && (end - start == 3 || Character.isWhitespace(file.charAt(start + 3)));
    }
}
