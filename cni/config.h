/* SPDX-License-Identifier: Apache-2.0 */
/* Reads texts of the outermost object of a JSON document (RFC 8259); what lies deeper is walked over. */
#ifndef CULVERT_CNI_CONFIG_H
#define CULVERT_CNI_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static inline const char *config_space(const char *at)
{
	return at + strspn(at, " \t\r\n");
}

/* Behind the text that begins here, or NULL. */
static inline const char *config_text_end(const char *at)
{
	for (at++; *at && *at != '"'; at++)
		if (*at == '\\' && !*++at)
			return NULL;
	return *at ? at + 1 : NULL;
}

/* Behind the value that begins here, or NULL if the document ends before. Values are not checked. */
static inline const char *config_value_end(const char *at)
{
	int depth = 0;

	do {
		if (!*at)
			return NULL;
		if (*at == '"') {
			at = config_text_end(at);
			if (!at)
				return NULL;
			continue;
		}
		if (!depth && strchr(",}]", *at))
			return at;
		depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
		at++;
	} while (depth || !strchr(",}] \t\r\n", *at));
	return at;
}

/*
 * Copies the text of a key; without the key, text stays as it is. False if the document is no object, or the value no
 * text without escapes that fits.
 */
static inline bool config_text(const char *document, const char *key, char *text, size_t room)
{
	const char *at = config_space(document);

	if (*at != '{')
		return false;
	for (at = config_space(at + 1); *at == '"'; at = config_space(at + 1)) {
		const char *name = at + 1, *end = config_text_end(at);
		bool found = end && (size_t)(end - 1 - name) == strlen(key) && !strncmp(name, key, strlen(key));
		size_t length;

		at = end ? config_space(end) : "";
		if (*at != ':')
			return false;
		at = config_space(at + 1);
		end = config_value_end(at);
		if (!end)
			return false;
		if (found) {
			length = end - at < 2 ? room : (size_t)(end - at) - 2;
			if (*at != '"' || length >= room || memchr(at, '\\', end - at))
				return false;
			memcpy(text, at + 1, length);
			text[length] = 0;
			return true;
		}
		at = config_space(end);
		if (*at == '}')
			return true;
		if (*at != ',')
			return false;
	}
	return *at == '}';
}

#endif
